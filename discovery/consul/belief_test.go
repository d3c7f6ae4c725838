package consul_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery/consul"
)

func TestConfirmedEmptyIsHeldForTheGraceAndThenPublished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replicas(2)...)
		w := watch(t, newSourceOf(t, consul.Config{Service: "ms2", API: f.api(), EmptyGrace: 30 * time.Second}))
		confirmed := w.last(t).At
		pass(time.Second)
		drained := time.Now()
		f.set(11)
		pass(29 * time.Second)
		w.wantSet(t, "n/r0 n/r1")
		if s := w.last(t); s.Err != nil || s.Instances != nil || s.Detail["grace"] == "" || !s.At.Equal(confirmed) {
			t.Errorf("in the grace: %+v, want it named, no error and the age of the set", s)
		}
		pass(time.Minute)
		w.wantSet(t, "")
		if held := w.setAt().Sub(drained); held < 30*time.Second || held > 30*time.Second+10*time.Millisecond {
			t.Errorf("published after %v, want 30s", held)
		}
		if s := w.last(t); s.Err != nil || s.Detail["grace"] != "" {
			t.Errorf("after the grace: %+v", s)
		}
	})
}

func TestAllCriticalCountsAsEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replica("a"))
		w := watch(t, newSource(t, f))
		f.set(11, with(replica("a"), "ping", api.HealthCritical))
		pass(9 * time.Second)
		w.wantSet(t, "n/a")
		wantDropped(t, w.last(t).Dropped, map[string]string{"n/a": "check ping critical"})
		pass(2 * time.Second)
		w.wantSet(t, "")
	})
}

func TestInstancesThatReturnInTheGraceEndIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replicas(3)...)
		w := watch(t, newSource(t, f))
		f.set(11)
		pass(5 * time.Second)
		f.set(12, replicas(3)...)
		pass(time.Minute)
		for _, s := range w.snapshots()[1:] {
			if s.Instances != nil {
				t.Errorf("told the set %v anew, want it unchanged", s.Instances)
			}
		}
		if s := w.last(t); s.Detail["grace"] != "" || s.Err != nil {
			t.Errorf("after the return: %+v", s)
		}
	})
}

func TestFailureInTheGraceNeverEmptiesTheSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replica("a"))
		w := watch(t, newSource(t, f))
		f.set(11)
		pass(5 * time.Second)
		f.network.setDown(true)
		pass(time.Hour)
		w.wantSet(t, "n/a")
		f.network.setDown(false)
		back := time.Now()
		pass(9 * time.Second)
		w.wantSet(t, "n/a")
		pass(time.Minute)
		w.wantSet(t, "")
		if held := w.setAt().Sub(back); held < 10*time.Second {
			t.Errorf("emptied %v after the agent came back, want a new grace", held)
		}
	})
}

func TestNoInstancesAtTheStartIsPublishedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(3)
		w := watch(t, newSource(t, f))
		w.wantSet(t, "")
		if n := len(f.asked()); n != 2 {
			t.Errorf("%d queries, want the first and one that blocks", n)
		}
	})
}

func TestSharpShrinkIsConfirmedAndThenPublishedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replicas(5)...)
		w := watch(t, newSource(t, f))
		f.replyOnce(reply(11, replicas(2)...))
		synctest.Wait()
		w.wantSet(t, "n/r0 n/r1 n/r2 n/r3 n/r4")
		f.set(12, replicas(2)...)
		synctest.Wait()
		w.wantSet(t, "n/r0 n/r1")
		if got := w.last(t).Detail["confirmations"]; got != "2" {
			t.Errorf("confirmations %s, want 2", got)
		}
	})
}

func TestSmallOrGentleShrinkIsBelieved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replicas(6)...)
		w := watch(t, newSource(t, f))
		f.set(11, replicas(3)...)
		synctest.Wait()
		f.set(12, replicas(1)...)
		synctest.Wait()
		w.wantSet(t, "n/r0")
		if got := w.last(t).Detail["confirmations"]; got != "0" {
			t.Errorf("confirmations %s, want 0", got)
		}
	})
}

func TestCriticalReplicaLeavesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replica("a"), replica("b"))
		w := watch(t, newSource(t, f))
		f.set(11, replica("a"), with(replica("b"), "ping", api.HealthCritical))
		synctest.Wait()
		w.wantSet(t, "n/a")
	})
}

func TestSameInstancesInAnotherOrderAreUnchanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replica("a"), replica("b"))
		w := watch(t, newSource(t, f))
		pass(time.Second)
		f.set(11, replica("b"), replica("a"))
		synctest.Wait()
		s := w.last(t)
		if s.Instances != nil || s.Err != nil || !s.At.Equal(time.Now()) || s.Detail["index"] != "11" {
			t.Errorf("told %+v, want it unchanged and confirmed now", s)
		}
	})
}
