package balancer_test

import (
	"testing"
	"time"

	"ms2.internal/lb/balancer"
)

func TestALeaseGivenBackLeavesNoMark(t *testing.T) {
	inBubble(t, balancer.Options{Failures: 2}, []int{1}, func(d *driver) {
		d.lease().Done(fail)
		before := d.stats("A")
		for range 100 {
			d.lease().Cancel()
		}
		after := d.stats("A")
		if after.Picks != 1 || after.InFlight != 0 || after.Latency != before.Latency || after.State != balancer.Ready {
			t.Errorf("%+v became %+v", before, after)
		}
		d.lease().Done(fail)
		d.wantState("A", balancer.Broken) // two in a row still
	})
}

func TestALeaseGivenBackIsNotInFlight(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		for range 100 {
			d.leaseOf("A").Cancel()
		}
		d.callers(1000, 4)
		wantShares(t, d.picks, []int{1, 1}, 10)
	})
}

func TestAProbeGivenBackStaysDue(t *testing.T) {
	broken(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		for range 3 {
			sleep(2*time.Second + 1)
			probe := d.lease()
			if !probe.Probe() {
				t.Fatal("no probe")
			}
			probe.Cancel()
			d.wantState("A", balancer.Broken)
		}
		sleep(2*time.Second + 1)
		d.lease().Done(succeed)
		d.wantState("A", balancer.Ready)
	})
}

func TestATrialGivenBackStaysDue(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1, 1}, func(d *driver) {
		d.answer["A"] = always(time.Millisecond, refuse)
		for d.stats("A").State != balancer.Ejected {
			d.callers(4, 4)
		}
		for range 3 {
			sleep(2 * time.Second)
			trial := d.lease()
			if trial.Instance().ID != "A" || !trial.Probe() {
				t.Fatalf("picked %s, want the trial of A", trial.Instance().ID)
			}
			trial.Cancel()
			d.wantState("A", balancer.Ejected)
		}
		sleep(2 * time.Second)
		d.lease().Done(succeed)
		d.wantState("A", balancer.Ready)
	})
}

func TestADrainProbeGivenBackStaysDue(t *testing.T) {
	drained(t, balancer.Options{}, []int{1, 1}, func(d *driver) {
		sleep(30 * time.Second)
		if l := d.lease(); l.Instance().ID == "A" {
			l.Cancel()
		} else {
			t.Error("no probe")
		}
		d.wantState("A", balancer.Draining)
		sleep(2 * time.Second)
		d.lease().Done(succeed)
		d.wantState("A", balancer.Ready)
	})
}

func TestGivingBackIsHarmlessWithoutAReplica(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1}, func(d *driver) {
		balancer.Lease{}.Cancel()
		l := d.lease()
		d.b.Update(nil)
		l.Cancel()
	})
}
