package delivery

import (
	"math"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
)

// One SID may make MS2 fall over: every batch that holds it fails, on whatever replica. It must fail alone, not with its
// neighbours, and must not open the breakers of replicas that are sound. So a batch that made two attempts fail is suspect:
// it is resent in parts, and counts against no breaker. A SID that makes attempts fail by itself, while other batches
// are answered, goes into quarantine: it is sent alone from the start.

// suspectAfter is how many attempts a batch must make fail to be suspect.
const suspectAfter = 2

// suspect reports whether the batch itself may be what replicas fall over.
func (t *trail) suspect() bool { return t.fell >= suspectAfter }

// blame is an attempt's outcome as the replica is to be judged by it.
func (c *Carrier) blame(t *trail, reply attempt.Reply) balancer.Outcome {
	outcome := reply.Outcome
	switch {
	case outcome.Result == balancer.Success:
		c.counters.answered.Add(1)
	case t.suspect() && outcome.Result == balancer.Failure:
		outcome.Result = balancer.Ignored
	}
	if reply.Fell() {
		if t.fell == 0 {
			t.answered = c.counters.answered.Load()
		}
		t.fell++
	}
	c.ended(t.replica, outcome.Result, reply)
	return outcome
}

// poisoned reports whether the batch is suspect and MS2 answered others since it first fell: to wait would change nothing.
func (c *Carrier) poisoned(t *trail) bool {
	return t.suspect() && c.counters.answered.Load() > t.answered
}

// parts is in how many parts a batch that fell is resent: whole at first, then in halves, which takes the fewest requests,
// or in as many as it takes to come down to single SIDs within the time left: when falling means a timeout, there is no
// time for many halvings. While nobody is answered it may be MS2 that is down, and every other time it is sent whole, so
// that the budget lasts until it is back.
func (c *Carrier) parts(t *trail) int {
	n := len(t.items)
	if !t.suspect() || n == 1 || t.fell%2 == 1 && !c.poisoned(t) {
		return 1
	}
	rounds := math.Ceil(float64(t.batch.Remaining()) / float64(max(1, t.took)))
	return min(n, max(2, int(math.Ceil(math.Pow(float64(n), 1/max(1, rounds))))))
}

// attemptsOf is how many attempts at a batch may fail: as many as configured, but for a SID in quarantine that replicas fell over again.
func (c *Carrier) attemptsOf(t *trail) int {
	if t.alone && t.fell >= 2*suspectAfter {
		return min(suspectAfter, c.options.Attempts)
	}
	return c.options.Attempts
}

// giveUp ends a batch that no further attempt is made at, and quarantines a SID that fell by itself while others were answered.
func (c *Carrier) giveUp(t *trail, err error) {
	if len(t.items) == 1 && c.poisoned(t) {
		t.batch.Quarantine()
	}
	if len(t.refusals) > 0 {
		c.undecided(t, err)
		return
	}
	t.batch.Fail(t.failure(err))
}
