package balancer

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/discovery"
)

// rule is what a pick must come to at one moment, written down without a shortcut: of the best class that is left two are
// drawn by weight and warmth, and the cheaper wins, the first when nothing tells them apart. Where speed tells them apart the
// winner is held against a third.
type rule struct {
	b     *Balancer
	now   time.Duration
	avoid []string
}

// chances are those of the members to be picked.
func (r rule) chances() map[*member]float64 {
	all, near := r.best(false), r.best(true)
	chances := map[*member]float64{}
	warmest, lost := 0.0, true // with that chance the own zone is preferred
	for _, m := range near {
		lost = lost && (m.instance.Weight <= 0 || !m.replica.fit(r.now))
		if r.class(m) == fit {
			warmest = max(warmest, m.replica.warmth(r.now))
		}
	}
	if lost {
		warmest = 0
	}
	if warmest < 1 {
		r.winners(all, func(m *member, _ []*member, chance float64) { chances[m] += chance * (1 - warmest) })
	}
	if warmest == 0 {
		return chances
	}
	r.winners(near, func(winner *member, drawn []*member, chance float64) {
		for far, then := range r.drawn(all, drawn...) {
			if far.instance.Zone != winner.instance.Zone && r.cost(far, winner)*3 < r.cost(winner, far) {
				chances[far] += warmest * chance * then
			} else {
				chances[winner] += warmest * chance * then
			}
		}
		if len(r.drawn(all, drawn...)) == 0 {
			chances[winner] += warmest * chance
		}
	})
	return chances
}

// winners tells of each way that two or three can be drawn who wins, and how likely that is.
func (r rule) winners(from []*member, tell func(winner *member, drawn []*member, chance float64)) {
	for first, chance := range r.drawn(from) {
		if len(from) == 1 {
			tell(first, []*member{first}, chance)
		}
		for second, then := range r.drawn(from, first) {
			wins := r.wins(second, first)
			r.decided(from, second, first, chance*then*wins, tell)
			r.decided(from, first, second, chance*then*(1-wins), tell)
		}
	}
}

// decided goes on from two of which one lost.
func (r rule) decided(from []*member, winner, loser *member, chance float64, tell func(*member, []*member, float64)) {
	pair := []*member{winner, loser}
	thirds := r.drawn(from, pair...)
	explored := r.even(winner, loser) && r.slowness(winner.replica, loser.replica) > 1
	if explored || r.slowness(winner.replica, loser.replica) == 1 || len(thirds) == 0 {
		tell(winner, pair, chance)
		return
	}
	for third, then := range thirds {
		wins := r.wins(third, winner)
		tell(third, append(pair, third), chance*then*wins)
		tell(winner, append(pair, third), chance*then*(1-wins))
	}
}

// drawn is how likely one draw yields each of those that are not drawn yet.
func (r rule) drawn(from []*member, before ...*member) map[*member]float64 {
	chances, total := map[*member]float64{}, 0.0
	for _, m := range from {
		if !slices.Contains(before, m) {
			chances[m] = max(1, float64(m.instance.Weight)) * m.replica.warmth(r.now)
			total += chances[m]
		}
	}
	for m := range chances {
		chances[m] /= total
	}
	return chances
}

// best are the members of the best class that is left, in the own zone or anywhere.
func (r rule) best(near bool) (best []*member) {
	f := r.b.fleet.Load()
	for i := range f.members {
		m := &f.members[i]
		if c := r.class(m); c == unusable || near && m.instance.Zone != r.b.options.Zone {
			continue
		} else if len(best) > 0 && c < r.class(best[0]) {
			best = best[:0]
		} else if len(best) > 0 && c > r.class(best[0]) {
			continue
		}
		best = append(best, m)
	}
	return best
}

func (r rule) class(m *member) int {
	c, rests := m.replica.conditions.Load(), m.replica.rests(r.now)
	leftOut := c&(broken|draining|ejected) != 0 || rests
	if r.b.Panic() {
		leftOut = c&(broken|mute) != 0 || rests
	}
	classes := []bool{ // the first that is so
		c&broken != 0 || m.replica.rest.hard.Load() > int64(r.now), m.instance.Weight > 0 && !leftOut, c&mute != 0, m.instance.Weight > 0, true,
	}
	class := []int{unusable, fit, hopeless, soft, last}[slices.Index(classes, true)]
	if class != unusable && slices.Contains(r.avoid, m.instance.ID) {
		class += tried
	}
	return class
}

// slowness is the factor of the cost that tells two apart, without its shortcut.
func (r rule) slowness(x, y *replica) float64 {
	meanX, meanY := expected(&x.load, &y.load)
	ratio := latencies(&x.load, &y.load, r.now) * x.load.penalty(r.now) / y.load.penalty(r.now)
	ratio *= x.lateness(meanX, r.now) / y.lateness(meanY, r.now)
	if band := bandOf(&x.load, &y.load); ratio <= band && ratio >= 1/band {
		return 1
	}
	return ratio
}

// cost is a's beside b, up to a factor that both share.
func (r rule) cost(a, b *member) float64 {
	return math.Sqrt(r.slowness(a.replica, b.replica)) * (1 + a.queue(r.now))
}

// wins is how likely the second drawn is picked.
func (r rule) wins(second, first *member) float64 {
	slow := r.slowness(second.replica, first.replica)
	p, q := second.replica.load.work(), first.replica.load.work()
	e := p.effort(r.now)
	switch even := r.even(second, first); {
	case slow == 1 && e == q.effort(r.now) && second.stepNow(r.now) == first.stepNow(r.now):
		if p.aged(e, r.now) < q.aged(e, r.now)-5*e { // 5 ms
			return 1
		}
	case even && slow < 1:
		return 1 - min(1, math.Pow(slow*bandOf(&second.replica.load, &first.replica.load), 4))
	case !even && r.cost(second, first) < r.cost(first, second):
		return 1
	}
	return 0
}

// even reports whether two queues are apart for no other reason than that requests are whole.
func (r rule) even(a, b *member) bool {
	return math.Abs(a.queue(r.now)-b.queue(r.now)) <= math.Abs(a.stepNow(r.now)-b.stepNow(r.now))
}

// state brings a balancer into a state by chance: some members are slow, fail, warm up, leave, rest, or have work in flight.
func state(seed uint64) (*Balancer, []string) {
	chance := rand.New(rand.NewPCG(seed, 21))
	b := New(Options{
		Rand: rand.NewPCG(seed, 22), Zone: []string{"", "", "near"}[chance.IntN(3)], Failures: 3,
		WarmUp: []time.Duration{-1, 3 * time.Second, time.Minute}[chance.IntN(3)], MaxEjected: []float64{-1, 0.4}[chance.IntN(2)],
	})
	weights := [][]int{{1}, {1, 1, 1, 1, 10}, {0, 1, 5}, {1, 65535}, {3, 3, 4}}[chance.IntN(5)]
	var set []discovery.Instance
	for i := range 1 + chance.IntN(9) {
		set = append(set, discovery.Instance{
			ID: strconv.Itoa(i), Weight: weights[chance.IntN(len(weights))], Zone: []string{"near", "far"}[chance.IntN(2)],
		})
	}
	b.Update(set[:(len(set)+1)/2])
	if chance.IntN(2) == 0 {
		time.Sleep(2 * time.Second)
		b.Update(set)
	}
	harsh, pause := chance.IntN(3), chance.IntN(100)
	for range chance.IntN(400) {
		lease, err := b.Pick(1 + chance.IntN(3)*chance.IntN(40))
		if err != nil {
			break
		}
		id, _ := strconv.Atoi(lease.Instance().ID)
		time.Sleep(time.Duration(1+chance.IntN(1+id*id/2)) * time.Millisecond)
		switch n := chance.IntN(100); {
		case n < 8: // it stays in flight
		case n < 8+5*harsh && id < 4:
			lease.Done(Outcome{Result: []Result{Failure, Refused, Failure, Shed}[id], Rest: time.Hour})
		case n < 10+5*harsh && id == 5:
			lease.Done(Outcome{Result: Success, Draining: true})
		default:
			lease.Done(Outcome{Result: Success})
		}
		if chance.IntN(10) == 0 {
			time.Sleep(time.Duration(pause) * time.Millisecond)
		}
	}
	var avoid []string
	for range chance.IntN(3) * chance.IntN(3) {
		avoid = append(avoid, strconv.Itoa(chance.IntN(len(set))))
	}
	return b, avoid
}

func TestEveryShortcutPicksByTheOneRule(t *testing.T) {
	const picks = 4000
	met := map[string]int{}
	for seed := range Played[uint64](400, 60) {
		synctest.Test(t, func(t *testing.T) {
			b, avoid := state(seed)
			f, now := b.fleet.Load(), b.now()
			b.takeStock(f, now) // which a pick does once a second
			got := map[*member]int{}
			for range picks {
				got[b.choose(f, now, avoid)]++
			}
			want := rule{b, now, avoid}.chances()
			for m, n := range got {
				if m == nil && len(want) > 0 || m != nil && want[m] == 0 {
					t.Errorf("seed %d: %v was picked %d times, want never", seed, describe(m), n)
				}
			}
			for m, chance := range want {
				if off := math.Abs(float64(got[m])/picks - chance); off > (5*math.Sqrt(chance*(1-chance)*picks)+2)/picks {
					t.Errorf("seed %d: %v got %.4f of the picks, want %.4f", seed, describe(m), float64(got[m])/picks, chance)
				}
			}
			meet(met, f, b, want)
		})
	}
	t.Log(met)
	for _, condition := range []string{"even", "weighted", "zone", "panic", "condition", "warming", "none", "slow", "soft"} {
		if met[condition] < Played(5, 1) {
			t.Errorf("%q was met %d times, want 5 at least: %v", condition, met[condition], met)
		}
	}
}

func describe(m *member) string {
	if m == nil {
		return "none"
	}
	return fmt.Sprintf("%+v with conditions %b", *m.instance, m.replica.conditions.Load())
}

// meet counts the conditions of a state.
func meet(met map[string]int, f *fleet, b *Balancer, want map[*member]float64) {
	count := func(condition string, is bool) {
		if is {
			met[condition]++
		}
	}
	count("even", f.table.even)
	count("weighted", !f.table.even)
	count("zone", len(f.near.slots) > 0)
	count("panic", b.Panic())
	count("none", len(want) == 0)
	for m := range want {
		c := m.replica.conditions.Load()
		count("condition", c != 0)
		count("warming", m.replica.warmth(b.now()) < 1)
		count("soft", m.weight == 0 || c&(draining|ejected) != 0)
		count("slow", want[m] < 0.2/float64(len(want)))
	}
}

// The line of warm-up is a tenth of the weight at first, and all of it in the end.
func TestTheRuleGivesANewcomerItsLine(t *testing.T) {
	for _, n := range []int{2, 3, 11, 21} {
		for _, newcomer := range []int{1, 10} {
			synctest.Test(t, func(t *testing.T) {
				var set []discovery.Instance
				for i := range n {
					set = append(set, discovery.Instance{ID: strconv.Itoa(i), Weight: 1 + i%3})
				}
				set[n-1].Weight = newcomer
				others := 0
				for _, i := range set[:n-1] {
					others += i.Weight
				}
				b := New(Options{})
				b.Update(set[:n-1])
				b.Update(set)
				for tenth := range 11 {
					line := float64(newcomer) * (0.1 + 0.09*float64(tenth))
					chances := rule{b: b, now: b.now()}.chances()
					if got, want := chances[&b.fleet.Load().members[n-1]], line/(line+float64(others)); math.Abs(got/want-1) > 1e-9 {
						t.Errorf("%d replicas, weight %d, after %d tenths: %v of the picks, want %v", n, newcomer, tenth, got, want)
					}
					time.Sleep(300 * time.Millisecond)
				}
			})
		}
	}
}
