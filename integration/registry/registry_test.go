package registry_test

import (
	"syscall"
	"testing"

	"ms2.internal/lb/integration/consulagent"
	"ms2.internal/lb/sdk"
)

// In each of these checks run all the while, and none may fail: a healthy replica could have answered it.

func TestARegisteredReplicaIsPicked(t *testing.T) {
	w := newWorld(t, consulagent.Options{})
	for name, r := range startReplicas(t, w.consul, "four") {
		w.replicas[name] = r
	}
	w.eventually("the new replica is picked", func(s sdk.Stats) bool { return picks(s, "four") > 0 })
}

func TestADeregisteredReplicaIsNotPickedAnyMore(t *testing.T) {
	w := newWorld(t, consulagent.Options{})
	w.replicas["two"].deregister()
	w.eventually("it left the set", func(s sdk.Stats) bool { return find(s, "two") == nil })
	w.expectPicks("two", false)
	w.replicas["two"].register()
	w.eventually("it is picked again", func(s sdk.Stats) bool { return picks(s, "two") > 0 })
}

func TestAReplicaWhoseCheckFailsIsNotPickedUntilItPasses(t *testing.T) {
	w := newWorld(t, consulagent.Options{})
	w.replicas["two"].signal(syscall.SIGUSR1)
	w.eventually("it left the set", func(s sdk.Stats) bool { return find(s, "two") == nil })
	w.replicas["two"].signal(syscall.SIGUSR1)
	w.eventually("it is picked again", func(s sdk.Stats) bool { return picks(s, "two") > 0 })
}

func TestAKilledReplicaCostsNoCheck(t *testing.T) {
	w := newWorld(t, consulagent.Options{})
	w.settle()
	w.replicas["two"].kill()
	w.eventually("its breaker opened, or it left the set", func(s sdk.Stats) bool {
		r := find(s, "two")
		return r == nil || r.Breaker != "closed"
	})
	w.eventually("it left the set", func(s sdk.Stats) bool { return find(s, "two") == nil })
	w.replicas["two"].start()
	w.eventually("it is picked again", func(s sdk.Stats) bool { return picks(s, "two") > 0 })
}

func TestAStoppedReplicaCostsNoCheckAndIsPickedWhenItGoesOn(t *testing.T) {
	w := newWorld(t, consulagent.Options{})
	w.settle()
	w.replicas["two"].signal(syscall.SIGSTOP)
	w.eventually("it left the set", func(s sdk.Stats) bool { return find(s, "two") == nil })
	w.settle()
	w.replicas["two"].signal(syscall.SIGCONT)
	w.eventually("it is picked again", func(s sdk.Stats) bool { return picks(s, "two") > 0 })
}

func TestADrainingReplicaGetsNoNewBatch(t *testing.T) {
	w := newWorld(t, consulagent.Options{})
	w.settle()
	w.replicas["two"].signal(syscall.SIGTERM)
	w.eventually("it said that it leaves, or left the set", func(s sdk.Stats) bool {
		r := find(s, "two")
		return r == nil || r.State == "draining"
	})
	w.expectPicks("two", false)
	w.replicas["two"].deregister()
	w.eventually("it left the set", func(s sdk.Stats) bool { return find(s, "two") == nil })
	w.replicas["two"].kill()
	w.settle()
}

func TestAnAgentThatStopsAndReturnsCostsNoCheck(t *testing.T) {
	w := newWorld(t, consulagent.Options{Keep: true})
	w.agent.Stop()
	w.eventually("the set is shown as stale", func(s sdk.Stats) bool { return s.Discovery.Stale && s.Discovery.Error != nil })
	if s := w.client.Stats(); len(s.Replicas) != 3 || s.Discovery.AgeSeconds == nil {
		t.Errorf("without the agent: %+v", s.Discovery)
	}
	w.settle()
	if err := w.agent.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.eventually("the set is confirmed again", func(s sdk.Stats) bool { return !s.Discovery.Stale && len(s.Replicas) == 3 })
	w.replicas["three"].deregister()
	w.eventually("a change is seen", func(s sdk.Stats) bool { return len(s.Replicas) == 2 })
}

func TestWithoutTheAgentAKilledReplicaStillCostsNoCheck(t *testing.T) {
	w := newWorld(t, consulagent.Options{})
	w.agent.Kill()
	w.replicas["one"].kill()
	w.eventually("its breaker opened", func(s sdk.Stats) bool { return find(s, "one").Breaker != "closed" })
	w.settle()
	w.replicas["one"].start()
	w.eventually("it is picked with success again", func(s sdk.Stats) bool {
		r := find(s, "one")
		return r.Breaker == "closed" && r.State == "ready"
	})
	w.expectPicks("one", true)
}
