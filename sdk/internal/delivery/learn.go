package delivery

import (
	"net/http"
	"sync/atomic"

	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
)

// The doors that a replica has are learnt from its answers.

// learnFrom is how many checks may be asked by the single door until one brings a verdict: a bare 404 may be the SID's own.
const learnFrom = 4

// send makes an attempt at some of a batch's checks by a door. why counts what it is for; nil for what the batch goes on for.
type send func(door cache.Door, items []attempt.Item, why *atomic.Int64) attempt.Reply

// ask sends checks to a replica: once more when its token was renewed, and by the other door when the batch door is not there.
// All of it is one outcome for the replica.
func (c *Carrier) ask(id string, door cache.Door, items []attempt.Item, send send) attempt.Reply {
	reply := send(door, items, nil)
	if reply.Renewed && c.budget.take(1) {
		c.tally(reply.Outcome.Result, reply)
		reply = send(door, items, &c.counters.Extra.Renewal)
	}
	if reply.Next == attempt.Learn {
		reply = c.learn(id, reply, items, send)
	}
	return reply
}

// learn asks a replica without a batch door by the single one, check by check, until one brings a verdict: the rest follows by
// that door. When none does, the reply is the batch's refusal. It draws on the budget only while the last time brought nothing.
func (c *Carrier) learn(id string, missing attempt.Reply, items []attempt.Item, send send) attempt.Reply {
	refusal, free := missing, !c.sender.Barren(id)
	refusal.Next = attempt.Refused
	for i := range min(learnFrom, len(items)) {
		if !free && !c.budget.takeUpper(1) {
			return refusal
		}
		c.tally(refusal.Outcome.Result, refusal)
		one := send(cache.Single, items[i:i+1], &c.counters.Extra.Learn)
		if one.Next == attempt.Settled || one.Next == attempt.Confirm {
			c.sender.Learnt(id, true)
			return learnt(one, i, len(items))
		}
		if one.Next != attempt.Refused { // it says nothing of the door
			return one
		}
		if refusal = one; !one.Bare {
			break
		}
	}
	if refusal.Status != http.StatusUnauthorized && refusal.Status != http.StatusForbidden {
		c.sender.Learnt(id, false)
	}
	return refusal
}

// learnt is the reply of one check as that of the batch.
func learnt(one attempt.Reply, i, n int) attempt.Reply {
	if n > 1 {
		entries := make([]*cache.Entry, n)
		if one.Next == attempt.Settled {
			entries[i] = one.Entries[0]
		}
		one.Next, one.Entries = attempt.Learn, entries
	}
	return one
}
