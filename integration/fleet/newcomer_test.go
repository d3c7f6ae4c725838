package fleet_test

import (
	"sync"
	"testing"
	"time"
)

const (
	// coldRequests is how many requests a newcomer serves slowly.
	coldRequests = 20

	// rush is how many calls come at once when it joins.
	rush = 100
)

func TestANewcomerIsNotFlooded(t *testing.T) {
	t.Parallel()
	a := arrive(t)
	if a.newcomerMost*replicas >= a.allMost {
		t.Errorf("the newcomer had %d requests at once, of %d at all replicas: its fair share is %.1f", a.newcomerMost, a.allMost,
			float64(a.allMost)/replicas)
	}
	if a.seconds[0].meetings == 0 {
		t.Error("the newcomer got no request within a second")
	}
}

// arrival is what came to a replica that joined nine others at the moment of a burst.
type arrival struct {
	newcomerMost, allMost int // requests at once, until the burst was over
	seconds               []encounters
}

// arrive has nine replicas be warm, and a tenth join them.
func arrive(t *testing.T) *arrival {
	fleet, registry := startReplicas(t, replicas), newRegistry()
	client, newcomer := newClient(t, registry), fleet[replicas-1]
	newcomer.cold.Store(coldRequests)
	registry.tell(fleet[:replicas-1])
	tr, rate := newTraffic(t, client), rateFor(replicas-1)
	tr.offer(rate, warmth)

	registry.tell(fleet)
	a, before := &arrival{}, encountersOf(client, newcomer)
	burst := a.watch(tr.burst(rush), newcomer)
	for range lasting(4*time.Second) / time.Second {
		tr.offer(rate, time.Second)
		after := encountersOf(client, newcomer)
		a.seconds = append(a.seconds, after.minus(before))
		before = after
	}
	burst.Wait()
	tr.end()
	a.report(t)
	return a
}

// watch notes how many requests there were at once until the burst was over.
func (a *arrival) watch(wait func(), newcomer *replica) *sync.WaitGroup {
	var watching sync.WaitGroup
	newcomer.all.look()
	watching.Go(func() {
		wait()
		a.newcomerMost, a.allMost = newcomer.crowd.look(), newcomer.all.look()
	})
	return &watching
}

func (a *arrival) report(t *testing.T) {
	t.Logf("until the burst of %d was over, the newcomer had at most %d requests at once, all replicas %d", rush, a.newcomerMost, a.allMost)
	for i, second := range a.seconds {
		t.Logf("second %d: %.2f %% of the attempts (%d of %d), %d failed", i+1, second.met(), second.meetings, second.attempts, second.failures)
	}
}
