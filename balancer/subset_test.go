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

// A replica of the tests below is in the own zone when its number is even, and the last choice when it ends in 7.
func mixed(numbers ...int) []discovery.Instance {
	instances := named(numbers...)
	for i, n := range numbers {
		instances[i].Zone = []string{"near", "far"}[n%2]
		if n%10 == 7 {
			instances[i].Weight = 0
		}
	}
	return instances
}

func TestASubsetHoldsTheOwnZoneFirstAndTheLastChoiceLast(t *testing.T) {
	for _, c := range []struct {
		present         []int
		near, far, last int
	}{
		{upTo(40), 10, 0, 0},
		{[]int{0, 2, 4, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19}, 3, 7, 0},
		{[]int{0, 1, 7, 17, 27}, 1, 1, 3},
	} {
		b := balancer.New(balancer.Options{Client: "ms1", Subset: 10, Zone: "near"})
		b.Update(mixed(c.present...))
		near, far, last := 0, 0, 0
		for _, s := range b.Stats() {
			switch {
			case s.Instance.Weight == 0:
				last++
			case s.Instance.Zone == "near":
				near++
			default:
				far++
			}
		}
		if near != c.near || far != c.far || last != c.last {
			t.Errorf("of %v it holds %d, %d and %d, want %d, %d and %d", c.present, near, far, last, c.near, c.far, c.last)
		}
	}
}

func TestAMemberThatStoodInAndBrokeIsNotBornAnew(t *testing.T) {
	inBubble(t, balancer.Options{Failures: 1, Subset: 3, Client: "ms1"}, nil, func(d *driver) {
		breaks := func(place int) string {
			id := d.b.Stats()[place].Instance.ID
			d.answer[id] = always(time.Millisecond, fail)
			d.outcomes(id, 1, fail)
			d.b.Review()
			return id
		}
		wantKept := func(size int, id string) {
			t.Helper()
			d.b.Update(named(upTo(12)...))
			d.b.Review()
			if s := d.stats(id); len(d.b.Stats()) != size || s.Failures == 0 || s.Breaker == "closed" {
				t.Errorf("of %d held, one that broke is %+v, want it to be as it was, of %d", len(d.b.Stats()), s, size)
			}
		}
		d.b.Update(named(upTo(12)...))
		first := breaks(0)
		extra := breaks(3)
		wantKept(5, extra)
		d.answer[first] = nil
		d.paced(300, 10*time.Millisecond)
		d.wantState(first, balancer.Ready)
		wantKept(4, extra)
		breaks(0)
		wantKept(5, extra)
	})
}

// census is a set of replicas that changes by chance, one at a time, and the caller that holds a subset of it.
type census struct {
	*driver
	chance  *rand.Rand
	present []discovery.Instance
	next    int
	broken  []string
}

func TestWhateverChangesASubsetChangesByThatAlone(t *testing.T) {
	for seed := range balancer.Played[uint64](20, 4) {
		o := balancer.Options{Failures: 1, Open: time.Hour, Subset: 5, Client: "ms1", Zone: "near"}
		inBubble(t, o, nil, func(d *driver) {
			c := &census{driver: d, chance: rand.New(rand.NewPCG(seed, 8)), present: mixed(upTo(14)...), next: 14}
			c.b.Update(c.present)
			for range 200 {
				before := known(c.b)
				changed := c.change()
				after := known(c.b)
				c.b.Review()
				c.b.Update(c.present)
				gone, come := lacks(append(after, c.broken...), before), lacks(before, after) // what is broken may go with another
				if len(gone) > changed || len(come) > changed {
					t.Fatalf("seed %d: by %d changes %v went and %v came", seed, changed, gone, come)
				}
				if again := known(c.b); !slices.Equal(again, after) {
					t.Fatalf("seed %d: by none %v became %v", seed, after, again)
				}
			}
		})
	}
}

// change has one replica come, go, move or break, or only the order of them change. It returns how many changed.
func (c *census) change() int {
	i := c.chance.IntN(len(c.present))
	one := &c.present[i]
	switch c.chance.IntN(6) {
	case 0:
		c.present = append(c.present, mixed(c.next)...)
		c.next++
	case 1:
		if len(c.present) < 8 {
			return 0
		}
		c.present = slices.Delete(slices.Clone(c.present), i, i+1)
	case 2:
		one.Zone = []string{"near", "far"}[c.chance.IntN(2)]
	case 3:
		one.Weight = c.chance.IntN(3)
	case 4:
		if all := c.b.Stats(); all[i%len(all)].State == balancer.Ready {
			c.broken = append(c.broken, all[i%len(all)].Instance.ID)
			c.outcomes(all[i%len(all)].Instance.ID, 1, fail)
			c.b.Review()
		}
		return 1
	default:
		c.chance.Shuffle(len(c.present), func(i, j int) { c.present[i], c.present[j] = c.present[j], c.present[i] })
		c.b.Update(c.present)
		return 0
	}
	c.b.Update(c.present)
	return 1
}

func lacks(some, of []string) (missing []string) {
	return slices.DeleteFunc(slices.Clone(of), func(id string) bool { return slices.Contains(some, id) })
}

func TestASubsetLargerThanTheFleetIsTheFleet(t *testing.T) {
	b := withSubset("", 20)
	b.Update(named(1, 2, 3))
	if got := known(b); len(got) != 3 {
		t.Errorf("known are %v", got)
	}
}
