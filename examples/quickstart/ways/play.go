package ways

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// crowd posts orders to one address. A mishap ends nothing: it is counted.
type crowd struct {
	post   func(context.Context, posting) (outcome, string)
	sleep  func(time.Duration)
	counts [outcomes]atomic.Int64
	mishap atomic.Pointer[string] // the first one; nil while there was none
}

func (c *crowd) send(ctx context.Context, p posting) {
	o, words := c.post(ctx, p)
	c.counts[o].Add(1)
	if o != right {
		c.mishap.CompareAndSwap(nil, &words)
	}
}

// arrivals draws when so many orders are due: a Poisson process of rate a second, so the gaps follow an exponential law.
func arrivals(count int, rate float64, seed uint64) []time.Duration {
	random := rand.New(rand.NewPCG(seed, 3))
	due := make([]time.Duration, count)
	at := 0.0
	for i := range due {
		at += random.ExpFloat64() / rate
		due[i] = time.Duration(at * float64(time.Second))
	}
	return due
}

// open posts each order when it is due, whatever became of those before it, and returns how long each took from then on. It ends
// early with ctx.
func (c *crowd) open(ctx context.Context, load []posting, due []time.Duration) []time.Duration {
	took := make([]time.Duration, len(load))
	var posting sync.WaitGroup
	begin := time.Now()
	for i, p := range load {
		if wait := due[i] - time.Since(begin); wait > 0 {
			c.sleep(wait)
		}
		if ctx.Err() != nil {
			break
		}
		posting.Go(func() {
			c.send(ctx, p)
			took[i] = time.Since(begin) - due[i]
		})
	}
	posting.Wait()
	return took
}

// browsersAtOnce saturate MS1: more do not get more done.
const browsersAtOnce = 16

// closed posts all orders as fast as the browsers can, each when its last one is answered, and returns how long that took.
func (c *crowd) closed(ctx context.Context, load []posting) time.Duration {
	var browsing sync.WaitGroup
	var next atomic.Int64
	begin := time.Now()
	for range browsersAtOnce {
		browsing.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(load)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				c.send(ctx, load[i])
			}
		})
	}
	browsing.Wait()
	return time.Since(begin)
}
