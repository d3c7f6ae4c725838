package consul

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery"
)

// slack is how much later than due an answer may come, its body included.
const slack = 5 * time.Second

var (
	errOverdue = errors.New("no answer within the time the agent was given and 5 s more")
	errNoList  = errors.New("the answer is null, not a list")
)

// question is one query. The zero question is answered at once, from the servers and not from the agent's cache.
type question struct {
	index uint64        // block until the answer is newer than this; 0 does not block
	wait  time.Duration // for at most this long
}

// deadline follows Consul, which adds up to a sixteenth to the wait so that its own clients do not return in step.
func (q question) deadline() time.Duration { return q.wait + q.wait/16 + slack }

// answer is what the agent said to one question.
type answer struct {
	asked       question
	took        time.Duration
	index       uint64
	lastContact time.Duration
	instances   []discovery.Instance
	dropped     []discovery.Dropped
}

// nextIndex is what the next query waits on: 0, so that it does not block, when the index went backwards. Then the
// agent restarted or a snapshot was restored, and the old index may not come again for a long time.
func (a answer) nextIndex() uint64 {
	if a.index < a.asked.index {
		return 0
	}
	return a.index
}

// canBlock reports whether a query for nextIndex will wait for a change. It will not when there is no index, or when the
// very index that was waited on came back long before the wait was over.
func (a answer) canBlock() bool {
	stuck := a.index == a.asked.index && a.took < a.asked.wait/2
	return a.index != 0 && !stuck
}

// query asks the agent once. Health is judged here and not by the agent: its "passing" filter would hide the instances
// that warn, and those that are left out could not be shown.
func (s *Source) query(ctx context.Context, q question) (answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, q.deadline(), errOverdue)
	defer cancel()
	options := (&api.QueryOptions{WaitIndex: q.index, WaitTime: q.wait}).WithContext(ctx)
	sent := time.Now()
	entries, meta, err := s.agent.client.Health().Service(s.config.Service, "", false, options)
	switch {
	case err != nil && ctx.Err() != nil:
		err = context.Cause(ctx)
	case err == nil && entries == nil:
		err = errNoList
	}
	if err != nil {
		return answer{}, s.agent.fault(s.config.Service, err)
	}
	a := answer{asked: q, took: time.Since(sent), index: meta.LastIndex, lastContact: meta.LastContact}
	a.instances, a.dropped = instances(entries)
	return a, nil
}
