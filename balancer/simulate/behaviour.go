package simulate

import "time"

// behaviour is how a replica is made and what befalls it.
type behaviour struct {
	slots  int     // requests that it serves at once
	weight int     // that the registry tells of it
	factor float64 // on all service times
	zone   int     // of three

	cold       int     // first requests that are slower
	coldFactor float64 // by this

	slow     []period // by the period's factor
	failing  []period // this share of the requests fails fast
	refusing []period // this share is refused fast
	silent   []period // no request is answered

	joins time.Duration // 0: from the start
}

// period is a stretch of time and how strong something is in it.
type period struct {
	from, to time.Duration
	value    float64
}

// forever is a period that is all of the time.
func forever(value float64) []period { return []period{{0, 1 << 62, value}} }

// during returns the value of the period that holds the moment, or else the other.
func during(periods []period, now time.Duration, otherwise float64) float64 {
	for _, p := range periods {
		if p.from <= now && now < p.to {
			return p.value
		}
	}
	return otherwise
}

// slowness is the factor on a request that is begun now as the one after so many.
func (b *behaviour) slowness(now time.Duration, served int) float64 {
	factor := b.factor * during(b.slow, now, 1)
	if served < b.cold {
		factor *= b.coldFactor
	}
	return factor
}

// fault is what is wrong at a moment.
type fault struct {
	silent            bool
	failing, refusing float64
}

func (b *behaviour) fault(now time.Duration) fault {
	return fault{during(b.silent, now, 0) > 0, during(b.failing, now, 0), during(b.refusing, now, 0)}
}
