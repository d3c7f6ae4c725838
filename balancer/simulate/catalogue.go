package simulate

import (
	"fmt"
	"time"
)

// catalogue is the table of scenarios.
func catalogue() []*scenario {
	var all []*scenario
	add := func(s scenario) { all = append(all, s.withDefaults()) }
	for _, load := range []float64{0.70, 0.90, 0.95} {
		add(scenario{name: fmt.Sprintf("equal fleet at %.0f %%", 100*load), replicas: 10, load: load, spread: exponential})
	}
	add(scenario{name: "equal fleet at 90 %, 20 clients", replicas: 10, clients: 20, load: 0.9, spread: exponential})
	add(scenario{name: "one replica 10 times as slow", replicas: 10, load: 0.7, befall: slowed(10)})
	add(scenario{name: "one replica 3 times as slow", replicas: 10, load: 0.7, befall: slowed(3)})
	add(scenario{name: "a wandering antagonist", replicas: 10, load: 0.7, befall: antagonist(0.1, 5)})
	add(scenario{name: "a wandering antagonist, 20 clients", replicas: 10, clients: 20, load: 0.7, befall: antagonist(0.1, 5)})
	add(scenario{name: "one fails all fast", replicas: 10, load: 0.7, befall: failing(1)})
	add(scenario{name: "one fails half fast", replicas: 10, load: 0.7, befall: failing(0.5)})
	add(scenario{name: "one black hole", replicas: 10, load: 0.7, befall: silent})
	add(scenario{name: "one refuses all fast", replicas: 10, load: 0.7, befall: refusing(1)})
	add(scenario{name: "one refuses half fast", replicas: 10, load: 0.7, befall: refusing(0.5)})
	add(scenario{name: "one of four fails and heals", replicas: 4, load: 0.6, befall: failsAndHeals})
	add(scenario{name: "one of four hangs and heals", replicas: 4, load: 0.6, befall: hangsAndHeals})
	add(scenario{name: "a zone lost and back", replicas: 12, load: 0.5, befall: zoneLost})
	all = append(all, scaled()...)
	all = append(all, zoned()...)
	all = append(all, capacities()...)
	all = append(all, batches()...)
	all = append(all, thin()...)
	return append(all, crowds()...)
}

// scaled are fleets that others join, all of them cold.
func scaled() []*scenario {
	var all []*scenario
	for _, s := range []scenario{
		{name: "a cold newcomer", replicas: 11, befall: growing(10)},
		{name: "2 replicas become 5", replicas: 5, befall: growing(2)},
		{name: "4 replicas become 8", replicas: 8, befall: growing(4)},
		{name: "10 replicas become 20", replicas: 20, scale: 2, befall: growing(10)},
	} {
		s.load, s.base = 0.7, 5*time.Millisecond
		all = append(all, s.withDefaults())
	}
	return all
}

// zoned are clients in three zones, told of them, with a third of the fleet in each.
func zoned() []*scenario {
	var all []*scenario
	for _, distance := range []time.Duration{time.Millisecond, 5 * time.Millisecond} {
		all = append(all, scenario{
			name: fmt.Sprintf("three zones %v apart", distance), distance: distance,
			replicas: 12, clients: 3, load: 0.7, base: 5 * time.Millisecond, befall: zones,
		}.withDefaults())
	}
	return all
}

// capacities are fleets of unlike replicas.
func capacities() []*scenario {
	var all []*scenario
	for _, c := range []struct {
		name   string
		befall befalling
	}{
		{"slots 2:4:8, weights 1:2:4", mixed(slots, 1, 2, 4)},
		{"slots 2:4:8, equal weights", mixed(slots, 1, 1, 1)},
		{"speeds 1:2:4, weights 1:2:4", mixed(speeds, 1, 2, 4)},
		{"speeds 1:2:4, equal weights", mixed(speeds, 1, 1, 1)},
	} {
		all = append(all, scenario{name: c.name, replicas: 9, load: 0.7, befall: c.befall}.withDefaults())
	}
	for _, factor := range []float64{10, 60} { // the others can serve all at 60 %
		name := fmt.Sprintf("a heavy one %.0f times as slow, weights 10:1", factor)
		all = append(all, scenario{name: name, replicas: 11, load: 0.3, befall: heavy(factor)}.withDefaults())
	}
	return all
}

// batches are single checks with batches of 1,000 among them, which take five times as long, or 51 times.
func batches() []*scenario {
	cheap := scenario{name: "5 % batches, 5 times as long", base: 5 * time.Millisecond, each: 20 * time.Microsecond}
	dear := scenario{name: "5 % batches, 51 times as long", base: time.Millisecond, each: 50 * time.Microsecond}
	var all []*scenario
	for _, s := range []scenario{cheap, dear} {
		s.replicas, s.load, s.batch, s.batches, s.spread = 10, 0.7, 1000, 0.05, lognormal(0.5)
		all = append(all, s.withDefaults())
	}
	return all
}

// thin is so little traffic that almost nothing ever waits.
func thin() []*scenario {
	var all []*scenario
	for _, replicas := range []int{2, 3} {
		for _, apart := range []float64{0, 0.05, 0.10} {
			name := fmt.Sprintf("%d replicas at 5 %%, %.0f %% apart", replicas, 100*apart)
			all = append(all, scenario{
				name: name, replicas: replicas, load: 0.05, spread: lognormal(0.5), befall: graded(apart),
			}.withDefaults())
		}
	}
	return all
}

// crowds are many clients, each with little traffic, on many replicas, with a tenth of them slow in turn.
func crowds() []*scenario {
	s := scenario{replicas: 300, slots: 1, clients: 1000, load: 0.7, scale: 5, befall: antagonist(0.1, 5)}
	all, subset := s, s
	all.name, subset.name, subset.subset = "1,000 clients, 300 replicas", "1,000 clients, 300 replicas, subsets of 20", 20
	return []*scenario{all.withDefaults(), subset.withDefaults()}
}
