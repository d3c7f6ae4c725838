package delivery

import (
	"errors"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
)

// ended takes in what an attempt came to, and what that means for its replica.
func (c *Carrier) ended(id string, result balancer.Result, reply attempt.Reply) {
	c.tally(result, reply)
	c.troubles.note(id, result, reply, c.sender)
}

// tally counts an attempt, and tells of a fault of the adopter's code.
func (c *Carrier) tally(result balancer.Result, reply attempt.Reply) {
	if reply.Skipped {
		return
	}
	c.counters.Outcomes[result].Add(1)
	if result == balancer.Failure {
		c.counters.Failures[reply.Fault].Add(1)
	}
	if reply.Next == attempt.Faulted {
		c.faulted(reply.Summary())
	}
}

// faulted tells of a fault of the adopter's code.
func (c *Carrier) faulted(says string) {
	if c.options.OnFault != nil {
		c.options.OnFault(errors.New(says))
	}
}
