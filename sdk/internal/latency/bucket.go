package latency

import (
	"math/bits"
	"time"
)

const (
	steps   = 8                   // buckets for each factor of two
	octaves = 24                  // factors of two: up to 4.5 minutes
	unit    = 1 << 11             // nanoseconds: the width of the narrowest buckets but the first, which is 16 µs wide
	buckets = 1 + steps*octaves   // the last takes all that is longer
	longest = steps << octaves    // units: where the last one ends
	least   = time.Duration(unit) // of time that is told apart
)

// bucketOf is the number of the bucket that a duration belongs to. The first takes what is below 16 µs, the next eight what is below
// 32 µs, and so on.
func bucketOf(d time.Duration) int {
	n := uint64(max(0, d)) / unit
	switch {
	case n < steps:
		return 0
	case n >= longest:
		return buckets - 1
	}
	octave := bits.Len64(n) - bits.Len64(steps)
	return 1 + steps*octave + int(n>>octave) - steps
}

// upTo is where a bucket ends: its durations are shorter.
func upTo(bucket int) time.Duration {
	if bucket == 0 {
		return steps * least
	}
	octave, step := (bucket-1)/steps, (bucket-1)%steps
	return time.Duration(steps+step+1) << octave * least
}
