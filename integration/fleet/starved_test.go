package fleet_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

const (
	// reprobe is how long a replica that has healed may go without a request: what the balancer leaves one out for at the
	// most, 30 s of ejection, with margin.
	reprobe = 35 * time.Second

	// mostSick is how many replicas are sick at once: the others run at the stated share of their capacity then.
	mostSick = 3

	// changes is how long lies between two changes of health, on average.
	changes = 250 * time.Millisecond
)

// sicknesses are what a replica that does not stay healthy turns to.
var sicknesses = []health{slow, failing, silent, shedding}

// At last all are healthy, and each must be met again.
func TestNobodyIsStarved(t *testing.T) {
	t.Parallel()
	fleet, client := newFleet(t)
	w := &ward{fleet: fleet, chance: rand.New(rand.NewPCG(*seedFlag, 1))}
	tr, rate := newTraffic(t, client), rateFor(replicas-mostSick)
	for _, r := range fleet {
		r.turn(healthy)
	}
	for began := time.Now(); time.Since(began) < lasting(10*time.Second); w.change() {
		tr.offer(rate, time.Duration(w.chance.ExpFloat64()*float64(changes)))
	}
	for _, r := range fleet {
		r.turn(healthy)
	}
	healed := time.Now()
	for !w.allMet() && time.Since(healed) < reprobe {
		tr.offer(rate, changes)
	}
	t.Logf("%d changes of health; all were met %v after the last sick ones had healed", w.changed, time.Since(healed).Round(changes))
	tr.end()
	w.judge(t, client)
}

// ward is replicas whose health changes.
type ward struct {
	fleet   []*replica
	chance  *rand.Rand
	changed int
}

// change turns the health of one replica: to healthy every other time, and when too many others are sick.
func (w *ward) change() {
	r := w.fleet[w.chance.IntN(len(w.fleet))]
	to := sicknesses[w.chance.IntN(len(sicknesses))]
	if w.chance.IntN(2) == 0 || w.sickBeside(r) >= mostSick {
		to = healthy
	}
	r.turn(to)
	w.changed++
}

func (w *ward) sickBeside(one *replica) int {
	sick := 0
	for _, r := range w.fleet {
		if r != one && health(r.health.Load()) != healthy {
			sick++
		}
	}
	return sick
}

func (w *ward) allMet() bool {
	for _, r := range w.fleet {
		if !r.neglect.isOver() {
			return false
		}
	}
	return true
}

// judge says for how long each replica was neglected, and fails the test when that is too long.
func (w *ward) judge(t *testing.T, client *sdk.Client) {
	for i, s := range client.Stats().Replicas {
		worst := w.fleet[i].neglect.worst()
		t.Logf("replica %d: healthy and without a request for %v at the longest; %d picks, %d failed, %d shed", i,
			worst.Round(time.Millisecond), s.Picks, s.Failures, s.Shed)
		if worst > reprobe {
			t.Errorf("replica %d was starved for %v, want at most %v", i, worst, reprobe)
		}
	}
}
