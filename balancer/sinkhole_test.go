package balancer_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
)

// A sinkhole comes back at once and answers nothing: idle as it always is, it looks the cheapest.
type sinkhole struct {
	name    string
	outcome balancer.Outcome
	most    float64 // of a fair share
}

var (
	refuse = balancer.Outcome{Result: balancer.Refused}
	half   = balancer.Outcome{Result: balancer.Success, Missing: 0.5}
)

var sinkholes = []sinkhole{
	{"fails", fail, 0.04},
	{"refuses", refuse, 0.04},
	{"leaves out all", balancer.Outcome{Result: balancer.Success, Missing: 1}, 0.04},
	{"leaves out half", half, 0.07}, // where most do, and none is an outlier, a fair share
	{"sheds", shed(0), 0.04},
	{"sheds for 10ms", shed(10 * time.Millisecond), 0.04},
	{"sheds for 1s", shed(time.Second), 0.04},
	{"says nothing", balancer.Outcome{}, 1.25}, // of the replica it says nothing, so nothing speaks against it
}

// persist sends the requests of that many callers for a time, each elsewhere again when it was not answered.
func (d *driver) persist(duration time.Duration, callers int) {
	d.elsewhere = true
	for until := time.Now().Add(duration); time.Now().Before(until); {
		if len(d.flying) >= callers {
			d.land()
		} else if d.ask() == "" {
			d.pass(time.Millisecond)
		}
	}
}

func TestASinkholeGetsNextToNothingAfterTheFirstSecond(t *testing.T) {
	fleets := []struct{ replicas, bad int }{{3, 1}, {2, 1}, {3, 2}, {5, 2}, {400, 1}}
	for _, fleet := range fleets[:balancer.Played(len(fleets), 1)] {
		for _, callers := range []int{1, 20} {
			for _, healthy := range []time.Duration{0, 1500 * time.Millisecond} {
				if healthy == 0 && fleet.replicas > 3 {
					continue
				}
				for _, s := range sinkholes {
					name := fmt.Sprintf("%d of %d %s after %v with %d callers", fleet.bad, fleet.replicas, s.name, healthy, callers)
					t.Run(name, func(t *testing.T) { s.swallows(t, fleet.replicas, fleet.bad, callers, healthy) })
				}
			}
		}
	}
}

// swallows runs a fleet of which a few are sinkholes, after a time of health.
func (s sinkhole) swallows(t *testing.T, n, bad, callers int, healthy time.Duration) {
	inBubble(t, balancer.Options{WarmUp: warmUp}, slices.Repeat([]int{1}, n), func(d *driver) {
		d.all(n, always(5*time.Millisecond, succeed))
		d.persist(healthy, callers)
		d.all(bad, always(time.Millisecond, s.outcome))
		d.persist(time.Second, callers)
		most := s.most
		if s.outcome == half && 2*bad > n {
			most = 1
		}
		picks := d.during(func() { d.persist(3*time.Second, callers) })
		got, all := 0, 0
		for id, p := range picks {
			if all += p; slices.Contains(ids(bad), id) {
				got += p
			}
		}
		// A handful is none of hundreds.
		if want := max(12, most*float64(all*bad)/float64(n)); float64(got) > want {
			t.Errorf("%d of %d picks went to sinkholes, want at most %.0f", got, all, want)
		}
		d.wantNoErrors()
	})
}

// all gives the first few replicas one answer.
func (d *driver) all(few int, a func() answer) {
	for _, id := range ids(few) {
		d.answer[id] = a
	}
}

func ids(n int) []string {
	ids := make([]string, n)
	for i, r := range replicas(make([]int, n)...) {
		ids[i] = r.ID
	}
	return ids
}
