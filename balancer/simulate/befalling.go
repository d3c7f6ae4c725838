package simulate

import (
	"math/rand/v2"
	"time"
)

// befalling changes a fleet for a run.
type befalling = func(fleet []behaviour, horizon time.Duration, random *rand.Rand)

func slowed(factor float64) befalling {
	return func(fleet []behaviour, _ time.Duration, _ *rand.Rand) { fleet[0].slow = forever(factor) }
}

func failing(share float64) befalling {
	return func(fleet []behaviour, _ time.Duration, _ *rand.Rand) { fleet[0].failing = forever(share) }
}

func refusing(share float64) befalling {
	return func(fleet []behaviour, _ time.Duration, _ *rand.Rand) { fleet[0].refusing = forever(share) }
}

func silent(fleet []behaviour, _ time.Duration, _ *rand.Rand) { fleet[0].silent = forever(1) }

// failsAndHeals and hangsAndHeals are for the second third of the run.
func failsAndHeals(fleet []behaviour, horizon time.Duration, _ *rand.Rand) {
	fleet[0].failing = []period{{horizon / 3, 2 * horizon / 3, 1}}
}

func hangsAndHeals(fleet []behaviour, horizon time.Duration, _ *rand.Rand) {
	fleet[0].silent = []period{{horizon / 3, 2 * horizon / 3, 1}}
}

// growing lets all but so many join after a quarter of the run, each slow for its first 20 requests.
func growing(from int) befalling {
	return func(fleet []behaviour, horizon time.Duration, _ *rand.Rand) {
		for i := range fleet[from:] {
			b := &fleet[from+i]
			b.joins, b.cold, b.coldFactor = horizon/4, 20, 40
		}
	}
}

// heavy gives one replica ten times the slots and the weight of another, and makes it slower.
func heavy(factor float64) befalling {
	return func(fleet []behaviour, _ time.Duration, _ *rand.Rand) {
		fleet[0].slots, fleet[0].weight, fleet[0].slow = 10*fleet[0].slots, 10, forever(factor)
	}
}

// zones spreads the fleet over three.
var zones = each(func(i int, b *behaviour) { b.zone = i % 3 })

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

// zoneLost silences the first of three zones for a third of the run.
func zoneLost(fleet []behaviour, horizon time.Duration, _ *rand.Rand) {
	for i := range fleet {
		if fleet[i].zone = i % 3; i%3 == 0 {
			fleet[i].silent = []period{{horizon / 3, 2 * horizon / 3, 1}}
		}
	}
}

// each changes every replica.
func each(change func(i int, b *behaviour)) befalling {
	return func(fleet []behaviour, _ time.Duration, _ *rand.Rand) {
		for i := range fleet {
			change(i, &fleet[i])
		}
	}
}

// graded makes each replica slower than the one before it.
func graded(apart float64) befalling {
	return each(func(i int, b *behaviour) { b.factor = 1 + apart*float64(i) })
}

// mixed makes replicas of capacity 1, 2, 4, 1, 2, 4 … with the weights in turn.
func mixed(enlarge func(*behaviour, int), weights ...int) befalling {
	return each(func(i int, b *behaviour) {
		enlarge(b, 1<<(i%3))
		b.weight = weights[i%3]
	})
}

// slots gives half of the slots as usual to capacity 1.
func slots(b *behaviour, capacity int) { b.slots = b.slots * capacity / 2 }

func speeds(b *behaviour, capacity int) { b.factor = 2 / float64(capacity) }
