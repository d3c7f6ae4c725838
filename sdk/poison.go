package sdk

import (
	"maps"
	"math"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
)

// One SID may make MS2 fall over: every batch that holds it fails, on whatever replica. It must fail alone, not with its
// neighbours, and must not open the breakers of replicas that are sound. So a batch that two attempts fell over with is
// suspect: from then on it is sent in parts, and counts against no breaker. A SID that falls over by itself, while other
// batches are answered, is set apart for a time: it is sent alone from the start.

const (
	suspectAfter = 2                // attempts
	apartFor     = 10 * time.Second // that a poisonous SID is sent alone
	apartMost    = 100              // SIDs: to set very many apart would be to send no batches
)

// suspect says that the batch itself may be what replicas fall over.
func (b *batch) suspect() bool { return b.fell >= suspectAfter }

// blame is an attempt's outcome as the replica is to be judged by it.
func (c *Client) blame(b *batch, reply attempt.Reply) balancer.Outcome {
	outcome := reply.Outcome
	switch {
	case outcome.Result == balancer.Success:
		c.counters.answered.Add(1)
	case b.suspect() && outcome.Result == balancer.Failure:
		outcome.Result = balancer.Ignored
	}
	if reply.Fell() {
		if b.fell == 0 {
			b.answered = c.counters.answered.Load()
		}
		b.fell++
	}
	return outcome
}

// poisoned says that the batch is suspect, and that MS2 answered others since it first fell: to wait would change nothing.
func (c *Client) poisoned(b *batch) bool {
	return b.suspect() && c.counters.answered.Load() > b.answered
}

// parts is in how many parts a batch that fell is sent on: whole at first, then in halves, which takes the fewest
// requests, or in as many as it takes to come down to single SIDs within the time left: when falling means a timeout, there is
// no time for many halvings. While nobody is answered it may be MS2 that is down, and every other time it is sent whole, so that
// the budget lasts until it is back.
func (c *Client) parts(b *batch) int {
	n := len(b.flights)
	if !b.suspect() || n == 1 || b.fell%2 == 1 && !c.poisoned(b) {
		return 1
	}
	rounds := math.Ceil(float64(c.collector.remaining(b)) / float64(max(1, b.took)))
	return min(n, max(2, int(math.Ceil(math.Pow(float64(n), 1/max(1, rounds))))))
}

// attemptsOf is how many attempts at a batch may fail: as many as configured, but for a SID that is set apart.
func (c *Client) attemptsOf(b *batch) int {
	if b.apart {
		return min(suspectAfter, c.config.Attempts)
	}
	return c.config.Attempts
}

// giveUp ends a batch that failed, and sets a SID apart that fell by itself while others were answered.
func (c *Client) giveUp(b *batch, err error) {
	if len(b.flights) == 1 && c.poisoned(b) {
		c.collector.setApart(b.flights[0].sid)
	}
	c.collector.fail(b, err)
}

// setApart has a SID sent alone for a time.
func (c *collector) setApart(sid string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sweepApartLocked()
	if len(c.apart) < apartMost {
		c.apart[sid] = time.Now().Add(apartFor)
	}
}

func (c *collector) sweepApartLocked() {
	now := time.Now()
	maps.DeleteFunc(c.apart, func(_ string, until time.Time) bool { return !now.Before(until) })
}

// isApartLocked says whether a SID is to be sent alone.
func (c *collector) isApartLocked(sid string) bool {
	until, apart := c.apart[sid]
	return apart && time.Now().Before(until)
}
