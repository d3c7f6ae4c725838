package balancer_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
)

func named(numbers ...int) []discovery.Instance {
	instances := make([]discovery.Instance, len(numbers))
	for i, n := range numbers {
		instances[i] = discovery.Instance{ID: fmt.Sprintf("ms2-%d", n), Weight: 1}
	}
	return instances
}

func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func known(b *balancer.Balancer) []string {
	var ids []string
	for _, s := range b.Stats() {
		ids = append(ids, s.Instance.ID)
	}
	slices.Sort(ids)
	return ids
}

func withSubset(client string, size int) *balancer.Balancer {
	return balancer.New(balancer.Options{Client: client, Subset: size})
}

func TestCallersSpreadOverTheReplicas(t *testing.T) {
	const callers, replicas, size = 1000, 300, 20
	callersOf := map[string]int{}
	for i := range callers {
		b := withSubset(fmt.Sprintf("ms1-%d", i), size)
		b.Update(named(upTo(replicas)...))
		for _, id := range known(b) {
			callersOf[id]++
		}
	}
	most, mean := 0, float64(callers*size)/replicas
	for _, n := range callersOf {
		most = max(most, n)
	}
	t.Logf("callers of a replica: at most %d, %.1f in the mean", most, mean)
	if len(callersOf) != replicas || float64(most) > 1.4*mean {
		t.Errorf("%d of %d replicas are known, one by %d callers, want no more than 1.4 times the mean of %.1f", len(callersOf), replicas, most, mean)
	}
}

func TestOneReplicaThatChangesMovesAtMostOneOfASubset(t *testing.T) {
	chance := rand.New(rand.NewPCG(4, 4))
	b := withSubset("ms1", 10)
	present := upTo(40)
	b.Update(named(present...))
	for next := 40; next < 1040; next++ {
		before := known(b)
		if i := chance.IntN(len(present)); chance.IntN(2) == 0 && len(present) > 15 {
			present = slices.Delete(present, i, i+1)
		} else {
			present = append(present, next)
		}
		chance.Shuffle(len(present), func(i, j int) { present[i], present[j] = present[j], present[i] })
		b.Update(named(present...))
		after := known(b)
		gone := slices.DeleteFunc(slices.Clone(before), func(id string) bool { return slices.Contains(after, id) })
		if len(after) != 10 || len(gone) > 1 {
			t.Fatalf("%v became %v", before, after)
		}
	}
}

func TestASubsetIsTheSameForTheSameCaller(t *testing.T) {
	a, b, other := withSubset("ms1-a", 5), withSubset("ms1-a", 5), withSubset("ms1-b", 5)
	for _, balancer := range []*balancer.Balancer{a, b, other} {
		balancer.Update(named(upTo(50)...))
	}
	if !slices.Equal(known(a), known(b)) || slices.Equal(known(a), known(other)) {
		t.Errorf("the subsets are %v, %v and %v", known(a), known(b), known(other))
	}
}

func TestASubsetGrowsByWhatIsUnfitAndShrinksAgain(t *testing.T) {
	inBubble(t, balancer.Options{Failures: 1, Subset: 4, Client: "ms1"}, nil, func(d *driver) {
		d.b.Update(named(upTo(12)...))
		at := known(d.b)
		d.answer[at[0]], d.answer[at[1]] = always(time.Millisecond, fail), always(time.Millisecond, fail)
		d.paced(500, time.Millisecond)
		if now := known(d.b); len(now) != 6 || d.stats(at[0]).State != balancer.Broken || d.stats(at[1]).State != balancer.Broken {
			t.Errorf("with two of four broken the subset is %v", now)
		}
		d.answer[at[0]], d.answer[at[1]] = nil, nil
		if d.paced(500, 10*time.Millisecond); !slices.Equal(known(d.b), at) {
			t.Errorf("when all are well again the subset is %v, want %v", known(d.b), at)
		}
	})
}

func TestASubsetLargerThanTheFleetIsTheFleet(t *testing.T) {
	b := withSubset("", 20)
	b.Update(named(1, 2, 3))
	if got := known(b); len(got) != 3 {
		t.Errorf("known are %v", got)
	}
}
