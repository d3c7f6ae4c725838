package simulate

import (
	"math"
	"time"
)

// averages are what go-zero and Kratos keep of a node: how long its requests took and how many succeeded, each averaged
// by the time since the sample before.
type averages struct {
	lag, success float64       // ns; 0 to 1000
	stamp        time.Duration // of the latest sample
}

// observe takes in a request that began at a moment and ended now. decay is the time constant; the first lag counts in
// full.
func (a *averages) observe(decay, now, began time.Duration, ok bool) {
	kept := math.Exp(-float64(now-a.stamp) / float64(decay))
	if a.lag == 0 {
		kept = 0
	}
	a.lag, a.stamp = a.lag*kept+float64(now-began)*(1-kept), now
	a.success = a.success*kept + float64(1000*count(ok))*(1-kept)
}
