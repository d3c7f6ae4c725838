package balancer_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
)

// begun is a request in flight as the test knows it.
type begun struct {
	work int
	at   time.Duration
}

// ledger keeps the account that the one word must agree with.
type ledger struct {
	inFlight balancer.InFlight
	open     []begun
}

func (l *ledger) begin(b begun) {
	l.inFlight.Begin(b.work, b.at)
	l.open = append(l.open, b)
}

func (l *ledger) end(i int) {
	l.inFlight.End(l.open[i].work, l.open[i].at)
	l.open[i] = l.open[len(l.open)-1]
	l.open = l.open[:len(l.open)-1]
}

func (l *ledger) totals(now time.Duration) (effort, aged int64) {
	for _, b := range l.open {
		e := balancer.Effort(b.work)
		effort += e
		aged += e * int64(now/time.Millisecond-b.at/time.Millisecond)
	}
	return effort, aged
}

func (l *ledger) check(t *testing.T, now time.Duration) {
	t.Helper()
	effort, aged := l.inFlight.Read(now)
	if wantEffort, wantAged := l.totals(now); effort != wantEffort || aged != wantAged {
		t.Fatalf("at %v: effort %d, times age %d, want %d and %d: %v", now, effort, aged, wantEffort, wantAged, l.open)
	}
}

func TestOneWordTellsTheWorkInFlightAndItsAge(t *testing.T) {
	for seed := range uint64(40) {
		chance := rand.New(rand.NewPCG(seed, 7))
		now := time.Duration(chance.Int64N(int64(1000 * 24 * time.Hour)))
		var a, b ledger
		for range 2000 {
			now += time.Duration(chance.ExpFloat64() * float64(5*time.Millisecond))
			l := &a
			if chance.IntN(2) == 0 {
				l = &b
			}
			switch {
			case len(l.open) > chance.IntN(60):
				l.end(chance.IntN(len(l.open)))
			default: // a pick that was held up between the clock and the word, or has read it later than others
				l.begin(begun{1 + chance.IntN(1+chance.IntN(2000)), now + time.Duration(chance.IntN(20)-10)*time.Millisecond})
			}
			l.check(t, now)
			effortA, _ := a.totals(now)
			effortB, _ := b.totals(now)
			if got := a.inFlight.Less(&b.inFlight); got != (effortA < effortB) {
				t.Fatalf("less is %v of the efforts %d and %d", got, effortA, effortB)
			}
		}
		for len(a.open) > 0 {
			a.end(len(a.open) - 1)
		}
		if effort, aged := a.inFlight.Read(0); effort != 0 || aged != 0 {
			t.Errorf("at rest: effort %d, times age %d", effort, aged)
		}
	}
}

func TestWorkInFlightIsNeverNegativeAndNothingInTheEnd(t *testing.T) {
	var p balancer.InFlight
	var callers sync.WaitGroup
	for caller := range uint64(4) {
		callers.Go(func() {
			chance := rand.New(rand.NewPCG(caller, 8))
			for at := range 5000 {
				now := time.Duration(at) * time.Millisecond
				work := 1 + chance.IntN(1000)
				p.Begin(work, now)
				if effort, _ := p.Read(now + time.Minute); effort < balancer.Effort(work) {
					t.Errorf("effort %d with %d in flight at least", effort, balancer.Effort(work))
				}
				p.End(work, now)
			}
		})
	}
	callers.Wait()
	if effort, aged := p.Read(time.Hour); effort != 0 || aged != 0 {
		t.Errorf("at rest: effort %d, times age %d", effort, aged)
	}
}

func TestAReplicaThatHangsIsLeftBeforeItsFirstTimeOut(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		for _, id := range []string{"A", "B"} {
			d.answer[id] = always(10*time.Millisecond, succeed)
		}
		d.callers(100, 4)
		pick := func(avoid string) {
			if _, err := d.b.Pick(1, avoid); err != nil {
				t.Fatal(err)
			}
		}
		pick("B")
		sleep(200 * time.Millisecond)
		for range 2 {
			pick("A")
		}
		lease, err := d.b.Pick(1)
		if err != nil || lease.Instance().ID != "B" {
			t.Errorf("picked %v, %v, want B: it has more in flight, but what A has is 20 times as old as it takes", lease.Instance().ID, err)
		}
	})
}

func TestABatchIsNotOverdueForBeingLarge(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		for _, id := range []string{"A", "B"} {
			d.answer[id] = always(10*time.Millisecond, succeed)
		}
		d.callers(100, 4)
		if _, err := d.b.Pick(1000, "B"); err != nil {
			t.Fatal(err)
		}
		sleep(200 * time.Millisecond)
		for range 17 {
			if _, err := d.b.Pick(1, "A"); err != nil {
				t.Fatal(err)
			}
		}
		lease, err := d.b.Pick(1)
		if err != nil || lease.Instance().ID != "A" {
			t.Errorf("picked %v, %v, want A: a batch of 1,000 may take 16 times as long as a lone check", lease.Instance().ID, err)
		}
	})
}
