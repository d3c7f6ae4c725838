package simulate

import (
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sony/gobreaker"
)

// Both are told the same outcomes, some of them late, at the same moments.
func TestABreakerOpensAndClosesAsGobreakerDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		theirs := gobreaker.NewTwoStepCircuitBreaker(gobreaker.Settings{
			Timeout:     breakerOpen,
			ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= breakerFailures },
		})
		random, ours, began := rand.New(rand.NewPCG(1, 1)), breaker{}, time.Now()
		var inFlight []func(ok bool)
		let := 0
		for range 20_000 {
			time.Sleep(time.Duration(random.IntN(4)) * breakerOpen / 10)
			now := time.Since(began)
			if random.IntN(2) == 0 && len(inFlight) > 0 {
				at := random.IntN(len(inFlight))
				inFlight[at](random.IntN(4) == 0)
				inFlight = slices.Delete(inFlight, at, at+1)
				continue
			}
			done, err := theirs.Allow()
			if shut := ours.shut(now); shut != (err != nil) {
				t.Fatalf("at %v, %+v: shut %v, gobreaker says %v", now, ours, shut, err)
			}
			if err == nil {
				let++
				generation := ours.begin()
				inFlight = append(inFlight, func(ok bool) {
					done(ok)
					ours.end(generation, time.Since(began), ok)
				})
			}
		}
		if let < 1000 || let > 19_000 {
			t.Errorf("%d let through: too few or too many to tell", let)
		}
	})
}

func TestAShutReplicaIsLeftOutUntilTheOneRequestThatDecides(t *testing.T) {
	s := idle(3)
	g := guard(newRandom)(s, 1)
	g.update(s.members)
	for range breakerFailures {
		_, done := g.pick(1, []int{1, 2})
		done(failed)
	}
	wantPicks(t, g, []int{1, 2})
	s.now += breakerOpen
	wantPicks(t, g, []int{1, 2})
	s.now++
	_, done := g.pick(1, []int{1, 2})
	wantPicks(t, g, []int{1, 2})
	done(answered)
	wantPicks(t, g, []int{0, 1, 2})
}

// wantPicks wants these and no others among many picks.
func wantPicks(t *testing.T, p policy, want []int) {
	t.Helper()
	var got []int
	for range 200 {
		i, _ := p.pick(1, nil)
		got = append(got, i)
	}
	slices.Sort(got)
	if got = slices.Compact(got); !slices.Equal(got, want) {
		t.Errorf("picked %v, want %v", got, want)
	}
}

func TestWhereAllOthersAreShutOneThatWasTriedIsPickedAgainAndNoneWhenAllAre(t *testing.T) {
	s := idle(2)
	g := guard(newTwoChoices)(s, 1)
	g.update(s.members)
	for tried, want := range []int{1, 0} {
		for range breakerFailures {
			i, done := g.pick(1, []int{tried})
			if done(failed); i != want {
				t.Fatalf("after %d it picked %d, want %d", tried, i, want)
			}
		}
	}
	if i, _ := g.pick(1, nil); i != none {
		t.Errorf("all are shut: it picked %d", i)
	}
}

func TestAPeersTwoFormsDifferOnlyWhereABreakerOpened(t *testing.T) {
	s := scenario{replicas: 4, load: 0.5, befall: silent}.withDefaults()
	r := newResult(s)
	traffic := newTraffic(s, 2000, 1)
	for i, c := range contenders {
		if c.name == "round robin" {
			r.play(i, traffic, 1)
			shipped, guarded := r.samples[asShipped][i][0], r.samples[withBreaker][i][0]
			if !r.opened[i] || shipped[failedFirst] < 20 || guarded[failedFirst] > 10 {
				t.Errorf("as it ships %v, with our breaker %v", shipped, guarded)
			}
		}
	}
	if m := play(idle(4).scenario, traffic, 1, guard(newRandom)); m.opened {
		t.Error("a breaker opened though nothing failed")
	}
}
