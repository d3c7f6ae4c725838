package registry_test

import (
	"syscall"
	"testing"

	"ms2.internal/lb/integration/consulagent"
	"ms2.internal/lb/integration/registry/registrytest"
	"ms2.internal/lb/sdk"
)

// In each of these checks run all the while, and none may fail: a healthy replica could have answered it.

func TestARegisteredReplicaIsPicked(t *testing.T) {
	w := newWorld(t, consulagent.Options{})
	w.start("four")
	w.eventually("the new replica is picked", func(s sdk.Stats) bool { return registrytest.Picks(s, "four") > 0 })
}

func TestADeregisteredReplicaIsNotPickedAnyMore(t *testing.T) {
	w := newWorld(t, consulagent.Options{})
	w.replicas["two"].Deregister(w.consul)
	w.eventually("it left the set", func(s sdk.Stats) bool { return registrytest.Find(s, "two") == nil })
	w.ExpectPicks("two", false)
	w.replicas["two"].Register(w.consul)
	w.eventually("it is picked again", func(s sdk.Stats) bool { return registrytest.Picks(s, "two") > 0 })
}

func TestAReplicaWhoseCheckFailsIsNotPickedUntilItPasses(t *testing.T) {
	w := newWorld(t, consulagent.Options{})
	w.replicas["two"].Signal(syscall.SIGUSR1)
	w.eventually("it left the set", func(s sdk.Stats) bool { return registrytest.Find(s, "two") == nil })
	w.replicas["two"].Signal(syscall.SIGUSR1)
	w.eventually("it is picked again", func(s sdk.Stats) bool { return registrytest.Picks(s, "two") > 0 })
}

func TestAKilledReplicaCostsNoCheck(t *testing.T) {
	w := newWorld(t, consulagent.Options{})
	w.Settle()
	w.replicas["two"].Kill()
	w.eventually("its breaker opened, or it left the set", func(s sdk.Stats) bool {
		r := registrytest.Find(s, "two")
		return r == nil || r.Breaker != "closed"
	})
	w.eventually("it left the set", func(s sdk.Stats) bool { return registrytest.Find(s, "two") == nil })
	w.replicas["two"].Start()
	w.eventually("it is picked again", func(s sdk.Stats) bool { return registrytest.Picks(s, "two") > 0 })
}

func TestAStoppedReplicaCostsNoCheckAndIsPickedWhenItGoesOn(t *testing.T) {
	w := newWorld(t, consulagent.Options{})
	w.Settle()
	w.replicas["two"].Signal(syscall.SIGSTOP)
	w.eventually("it left the set", func(s sdk.Stats) bool { return registrytest.Find(s, "two") == nil })
	w.Settle()
	w.replicas["two"].Signal(syscall.SIGCONT)
	w.eventually("it is picked again", func(s sdk.Stats) bool { return registrytest.Picks(s, "two") > 0 })
}

func TestADrainingReplicaGetsNoNewBatch(t *testing.T) {
	w := newWorld(t, consulagent.Options{})
	w.Settle()
	w.replicas["two"].Signal(syscall.SIGTERM)
	w.eventually("it said that it leaves, or left the set", func(s sdk.Stats) bool {
		r := registrytest.Find(s, "two")
		return r == nil || r.State == "draining"
	})
	w.ExpectPicks("two", false)
	w.replicas["two"].Deregister(w.consul)
	w.eventually("it left the set", func(s sdk.Stats) bool { return registrytest.Find(s, "two") == nil })
	w.replicas["two"].Kill()
	w.Settle()
}

func TestAnAgentThatStopsAndReturnsCostsNoCheck(t *testing.T) {
	w := newWorld(t, consulagent.Options{Keep: true})
	w.agent.Stop()
	w.eventually("the set is shown as stale", func(s sdk.Stats) bool { return s.Discovery.Stale && s.Discovery.Error != nil })
	if s := w.client.Stats(); len(s.Replicas) != 3 || s.Discovery.AgeSeconds == nil {
		t.Errorf("without the agent: %+v", s.Discovery)
	}
	w.Settle()
	if err := w.agent.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.eventually("the set is confirmed again", func(s sdk.Stats) bool { return !s.Discovery.Stale && len(s.Replicas) == 3 })
	w.replicas["three"].Deregister(w.consul)
	w.eventually("a change is seen", func(s sdk.Stats) bool { return len(s.Replicas) == 2 })
}

func TestWithoutTheAgentAKilledReplicaStillCostsNoCheck(t *testing.T) {
	w := newWorld(t, consulagent.Options{})
	w.agent.Kill()
	w.replicas["one"].Kill()
	w.eventually("its breaker opened", func(s sdk.Stats) bool { return registrytest.Find(s, "one").Breaker != "closed" })
	w.Settle()
	w.replicas["one"].Start()
	w.eventually("it is picked with success again", func(s sdk.Stats) bool {
		r := registrytest.Find(s, "one")
		return r.Breaker == "closed" && r.State == "ready"
	})
	w.ExpectPicks("one", true)
}
