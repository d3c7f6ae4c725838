package sdk

import (
	"math/rand/v2"
	"sync/atomic"
)

// tally is a counter for what all cores count at once: one that they shared would cost each of them more than all else of a
// hit. It is spread over cache lines, drawn at random.
type tally [8]struct {
	n atomic.Int64
	_ [56]byte // the rest of the line
}

func (t *tally) Add(n int64) { t[rand.Uint32()%uint32(len(t))].n.Add(n) }

func (t *tally) Load() (sum int64) {
	for i := range t {
		sum += t[i].n.Load()
	}
	return sum
}
