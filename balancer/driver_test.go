package balancer_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
)

// driver sends requests to replicas that exist in virtual time only. It is one goroutine, so that a run repeats.
type driver struct {
	t         *testing.T
	b         *balancer.Balancer
	answer    map[string]func() answer // by ID; without one a replica succeeds after 20 ms
	flying    []flight                 // the first to end first
	picks     map[string]int
	errs      []error
	elsewhere bool // what was not answered is asked of another replica
}

// answer is how a replica answers one request, and after what time.
type answer struct {
	after   time.Duration
	outcome balancer.Outcome
}

type flight struct {
	ends    time.Time
	lease   balancer.Lease
	outcome balancer.Outcome
	tried   []string
}

var (
	succeed = balancer.Outcome{Result: balancer.Success}
	fail    = balancer.Outcome{Result: balancer.Failure}
)

func always(after time.Duration, o balancer.Outcome) func() answer {
	return func() answer { return answer{after, o} }
}

// inBubble runs a test in virtual time, on replicas A, B, C, … of these weights.
func inBubble(t *testing.T, o balancer.Options, weights []int, test func(d *driver)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		test(newDriver(t, o, weights...))
	})
}

func newDriver(t *testing.T, o balancer.Options, weights ...int) *driver {
	o.Rand = rand.NewPCG(11, 7)
	o.WarmUp = cmp.Or(o.WarmUp, -1) // but for the tests of it
	d := &driver{t: t, b: balancer.New(o), answer: map[string]func() answer{}, picks: map[string]int{}}
	d.b.Update(replicas(weights...))
	return d
}

func replicas(weights ...int) []discovery.Instance {
	instances := make([]discovery.Instance, len(weights))
	for i, w := range weights {
		id := fmt.Sprintf("r%d", i)
		if i < 26 {
			id = string(rune('A' + i))
		}
		instances[i] = discovery.Instance{ID: id, Addr: fmt.Sprintf("10.0.0.%d:80", i), Weight: w}
	}
	return instances
}

// ask sends one request and returns the replica's ID, "" when there was none.
func (d *driver) ask(avoid ...string) string {
	lease, err := d.b.Pick(1, avoid...)
	if err != nil {
		d.errs = append(d.errs, err)
		return ""
	}
	id := lease.Instance().ID
	a := answer{20 * time.Millisecond, succeed}
	if f := d.answer[id]; f != nil {
		a = f()
	}
	d.picks[id]++
	ends := time.Now().Add(a.after)
	at, _ := slices.BinarySearchFunc(d.flying, ends, func(f flight, ends time.Time) int {
		return cmp.Or(f.ends.Compare(ends), -1) // behind those that end at the same moment
	})
	d.flying = slices.Insert(d.flying, at, flight{ends, lease, a.outcome, append(avoid, id)})
	return id
}

// pass lets time go by and reports what ends in it.
func (d *driver) pass(duration time.Duration) {
	until := time.Now().Add(duration)
	for len(d.flying) > 0 && !d.flying[0].ends.After(until) {
		d.land()
	}
	sleep(time.Until(until))
}

// land waits for the next request to end and reports it.
func (d *driver) land() {
	f := d.flying[0]
	d.flying = d.flying[1:]
	sleep(time.Until(f.ends))
	f.lease.Done(f.outcome)
	if d.elsewhere && f.outcome != succeed && d.b.Untried(f.tried...) {
		d.ask(f.tried...)
	}
}

func (d *driver) landAll() {
	for len(d.flying) > 0 {
		d.land()
	}
}

// paced sends requests at a steady pace, whatever becomes of them.
func (d *driver) paced(requests int, pause time.Duration) {
	for range requests {
		d.ask()
		d.pass(pause)
	}
}

// callers sends requests as that many callers would who each wait for an answer before they ask again.
func (d *driver) callers(requests, callers int) {
	for range requests {
		for len(d.flying) >= callers {
			d.land()
		}
		if d.ask() == "" {
			d.pass(time.Millisecond)
		}
	}
	d.landAll()
}

// during returns the picks of f alone.
func (d *driver) during(f func()) map[string]int {
	d.picks = map[string]int{}
	f()
	return d.picks
}

// lease picks and fails the test without one.
func (d *driver) lease(avoid ...string) balancer.Lease {
	d.t.Helper()
	l, err := d.b.Pick(1, avoid...)
	if err != nil {
		d.t.Fatalf("pick: %v", err)
	}
	return l
}

// leaseOf picks this replica, as for a request that was tried on all others.
func (d *driver) leaseOf(id string) balancer.Lease {
	d.t.Helper()
	var others []string
	for _, s := range d.b.Stats() {
		if s.Instance.ID != id {
			others = append(others, s.Instance.ID)
		}
	}
	l := d.lease(others...)
	if got := l.Instance().ID; got != id {
		d.t.Fatalf("picked %s, want %s", got, id)
	}
	return l
}

// outcomes reports that many requests of one replica, each with the outcome, one after the other.
func (d *driver) outcomes(id string, n int, o balancer.Outcome) {
	d.t.Helper()
	for range n {
		d.leaseOf(id).Done(o)
	}
}

func (d *driver) stats(id string) balancer.ReplicaStats {
	d.t.Helper()
	for _, s := range d.b.Stats() {
		if s.Instance.ID == id {
			return s
		}
	}
	d.t.Fatalf("no stats of %s", id)
	return balancer.ReplicaStats{}
}

func (d *driver) wantState(id string, want balancer.State) {
	d.t.Helper()
	if got := d.stats(id).State; got != want {
		d.t.Errorf("%s is %q, want %q", id, got, want)
	}
}

func (d *driver) wantNoErrors() {
	d.t.Helper()
	if len(d.errs) > 0 {
		d.t.Errorf("%d picks failed, the first with: %v", len(d.errs), d.errs[0])
	}
}

// sleep passes time in a bubble.
func sleep(d time.Duration) {
	if d > 0 {
		<-time.After(d)
	}
}
