package balancer_test

import (
	"testing"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
)

func TestAnUpdateKeepsWhatIsKnownOfReplicasThatStay(t *testing.T) {
	broken(t, balancer.Options{}, []int{1, 1, 1}, func(d *driver) {
		d.paced(100, 10*time.Millisecond)
		d.landAll()
		d.lease("A", "C").Done(shed(5 * time.Second))
		held := d.lease("A", "B")
		before := d.b.Stats()
		d.b.Update([]discovery.Instance{
			{ID: "C", Addr: "10.9.9.9:1", Weight: 7, Zone: "z", Meta: map[string]string{"k": "v"}},
			{ID: "B", Weight: 0},
			{ID: "A", Weight: 3},
		})
		after := d.b.Stats()
		for i, j := range []int{2, 1, 0} {
			a, b := after[i], before[j]
			if a.Instance.ID != b.Instance.ID || a.Picks != b.Picks || a.Latency != b.Latency || a.State != b.State || a.InFlight != b.InFlight {
				t.Errorf("the update changed more than the instance:\n%+v\n%+v", b, a)
			}
		}
		if got := after[0].Instance; got.Addr != "10.9.9.9:1" || got.Zone != "z" || got.Meta["k"] != "v" || got.Weight != 7 {
			t.Errorf("the instance was not taken over: %+v", got)
		}
		if got := d.lease("A", "B").Instance().Addr; got != "10.9.9.9:1" {
			t.Errorf("a pick yields the address %s, want the new one", got)
		}
		if held.Done(succeed); held.Instance().Addr == "10.9.9.9:1" {
			t.Error("the lease from before changed its instance")
		}
	})
}

func TestAChangedWeightChangesTheShare(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.paced(1000, 10*time.Millisecond)
		d.b.Update(replicas(1, 3))
		wantShares(t, d.during(func() { d.callers(20_000, 1) }), []int{1, 3}, 5)
	})
}

func TestAReplicaThatReturnsIsANewcomer(t *testing.T) {
	broken(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		d.b.Update(replicas(1, 1)[1:])
		d.b.Update(replicas(1, 1))
		if s := d.stats("A"); s.State != balancer.Ready || s.Picks != 0 || s.Failures != 0 || s.Latency != 0 {
			t.Errorf("A has a past: %+v", s)
		}
	})
}

func TestARemovedReplicaIsNotPickedAndItsLeaseEndsQuietly(t *testing.T) {
	inBubble(t, balancer.Options{Failures: 1}, []int{1, 1}, func(d *driver) {
		first, second := d.leaseOf("A"), d.lease("B")
		d.b.Update(replicas(1, 1)[1:])
		for range 100 {
			if got := d.ask(); got != "B" {
				t.Fatalf("picked %q, want B", got)
			}
		}
		first.Done(balancer.Outcome{Result: balancer.Failure, Draining: true})
		d.b.Update(replicas(1, 1))
		second.Done(balancer.Outcome{Result: balancer.Failure, Draining: true})
		if s := d.stats("A"); s.State != balancer.Ready || s.InFlight != 0 || s.Failures != 0 {
			t.Errorf("the lease of its former life told on the newcomer: %+v", s)
		}
	})
}

func TestAProbeOfARemovedReplicaEndsQuietly(t *testing.T) {
	broken(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		sleep(3 * time.Second)
		probe := d.lease()
		d.b.Update(replicas(1, 1)[1:])
		probe.Done(fail)
		d.paced(1000, 10*time.Millisecond)
		d.wantNoErrors()
		if d.picks["A"] != 0 {
			t.Errorf("A was picked %d times after it left", d.picks["A"])
		}
	})
}

func TestAnUpdateDoesNotLoseAProbe(t *testing.T) {
	broken(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		for range 4 {
			sleep(time.Second)
			d.b.Update(replicas(1, 1))
		}
		if l := d.lease(); !l.Probe() {
			t.Error("no probe after the updates")
		}
	})
}

func TestASecondInstanceOfOneIDIsIgnored(t *testing.T) {
	inBubble(t, balancer.Options{}, nil, func(d *driver) {
		d.b.Update([]discovery.Instance{{ID: "A", Addr: "a:1", Weight: 1}, {ID: "A", Addr: "a:2", Weight: 9}, {ID: "B", Addr: "b:1", Weight: 1}})
		if s := d.b.Stats(); len(s) != 2 || s[0].Instance.Addr != "a:1" {
			t.Errorf("got %+v, want the first A and B", s)
		}
		d.callers(10_000, 1)
		wantShares(t, d.picks, []int{1, 1}, 5)
	})
}

func TestTheSliceOfAnUpdateIsNotKept(t *testing.T) {
	inBubble(t, balancer.Options{}, nil, func(d *driver) {
		instances := replicas(1)
		d.b.Update(instances)
		instances[0].Addr = "changed"
		if got := d.lease().Instance().Addr; got == "changed" {
			t.Error("a change of the slice after the update is seen by picks")
		}
	})
}

func TestDoneOnTheZeroLeaseIsHarmless(t *testing.T) {
	var l balancer.Lease
	l.Done(fail)
	if l.Probe() {
		t.Error("the zero lease says that it probes")
	}
}
