package simulate

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// catalogue is the table of scenarios.
func catalogue() []*scenario {
	var all []*scenario
	add := func(s scenario) { all = append(all, s.withDefaults()) }
	for _, load := range []float64{0.70, 0.90, 0.95} {
		add(scenario{name: fmt.Sprintf("equal fleet at %.0f %%", 100*load), replicas: 10, load: load, spread: exponential})
	}
	add(scenario{name: "one replica 10 times as slow", replicas: 10, load: 0.7, befall: slowed(10)})
	add(scenario{name: "a wandering antagonist", replicas: 10, load: 0.7, befall: antagonist(0.1, 5)})
	add(scenario{name: "one fails all fast", replicas: 10, load: 0.7, befall: failing(1)})
	add(scenario{name: "one fails half fast", replicas: 10, load: 0.7, befall: failing(0.5)})
	add(scenario{name: "one black hole", replicas: 10, load: 0.7, befall: silent})
	add(scenario{name: "a cold newcomer", replicas: 11, load: 0.7, base: 5 * time.Millisecond, befall: newcomer})
	return all
}

// befalling changes a fleet for a run.
type befalling = func(fleet []behaviour, horizon time.Duration, random *rand.Rand)

func slowed(factor float64) befalling {
	return func(fleet []behaviour, _ time.Duration, _ *rand.Rand) { fleet[0].slow = forever(factor) }
}

func failing(share float64) befalling {
	return func(fleet []behaviour, _ time.Duration, _ *rand.Rand) { fleet[0].failing = forever(share) }
}

func silent(fleet []behaviour, _ time.Duration, _ *rand.Rand) { fleet[0].silent = forever(1) }

func newcomer(fleet []behaviour, horizon time.Duration, _ *rand.Rand) {
	last := &fleet[len(fleet)-1]
	last.joins, last.cold, last.coldFactor = horizon/4, 20, 40
}

// antagonist slows a share of the fleet by a factor, another part of it every two seconds or so.
func antagonist(share, factor float64) befalling {
	return func(fleet []behaviour, horizon time.Duration, random *rand.Rand) {
		victims := max(1, int(share*float64(len(fleet))))
		for range victims {
			for from := time.Duration(0); from < horizon; {
				to := from + time.Duration(random.ExpFloat64()*float64(2*time.Second))
				b := &fleet[random.IntN(len(fleet))]
				b.slow = append(b.slow, period{from, to, factor})
				from = to
			}
		}
	}
}
