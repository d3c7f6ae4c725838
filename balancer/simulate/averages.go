package simulate

import (
	"math"
	"time"
)

// averages are what go-zero and Kratos keep of a node, in whole numbers as they do: how long its requests took, and how many
// of a thousand succeeded. A failed node gains whole thousandths or nothing, so that where samples are close together it stays
// failed: in go-zero at 100 requests a second, for which it gains 0.9995.
type averages struct {
	lag     int64         // ns
	success uint64        // of 1000
	stamp   time.Duration // of the latest sample
}

// observe takes in a request that began at a moment and ended now. decay is the time constant; the first lag counts in
// full.
func (a *averages) observe(decay, now, began time.Duration, ok bool) {
	kept := math.Exp(-float64(now-a.stamp) / float64(decay))
	if a.lag == 0 {
		kept = 0
	}
	a.stamp = now
	a.lag = int64(float64(a.lag)*kept + float64(now-began)*(1-kept))
	a.success = uint64(float64(a.success)*kept + float64(1000*count(ok))*(1-kept))
}
