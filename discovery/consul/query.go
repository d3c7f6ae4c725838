package consul

import (
	"cmp"
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

// matchesNothing is a filter that no entry meets: a probe wants the numbers of an answer, not its instances.
const matchesNothing = `Node.Node == ""`

// question is one query. The zero question is answered at once, from the servers and not from the agent's cache.
type question struct {
	index uint64        // block until the answer is newer than this; 0 does not block
	wait  time.Duration // for at most this long
	probe bool          // any server may answer, and without instances
}

// deadline follows Consul, which adds up to a sixteenth to the wait so that its own clients do not return in step.
func (q question) deadline() time.Duration { return q.wait + q.wait/16 + slack }

// answer is what the agent said to one question.
type answer struct {
	asked       question
	took        time.Duration
	index       uint64
	lastContact time.Duration // since the answering server heard from its leader; notHeard or more: never
	knownLeader bool          // never with streaming
	acl         acl
	instances   []discovery.Instance
	dropped     []discovery.Dropped
}

// nextIndex is what the next query waits on: 0, so that it does not block, when the index went backwards. Then the
// agent restarted or a snapshot was restored, and the old index may not come again for a long time.
func (a answer) nextIndex() uint64 {
	if a.wentBack() {
		return 0
	}
	return a.index
}

func (a answer) wentBack() bool { return a.index < a.asked.index }

// canBlock reports whether a query for nextIndex will wait for a change. It will not when there is no index, or when the
// very index that was waited on came back long before the wait was over.
func (a answer) canBlock() bool {
	stuck := a.index == a.asked.index && a.early()
	return a.index != 0 && !stuck
}

// early reports whether a blocking query was answered long before its wait was over.
func (a answer) early() bool { return a.took < a.asked.wait/2 }

// site is one datacenter as the agent shows it. It is immutable and safe for concurrent use.
type site struct {
	config     *Config
	agent      *agent
	datacenter string // "" for the one that the client is configured for
	mapping    mapping
}

// name is the datacenter for the operator.
func (s site) name() string { return cmp.Or(s.datacenter, "the agent's own") }

// query asks the agent once. Health is judged here and not by the agent: its "passing" filter would hide the instances
// that warn, and those that are left out could not be shown.
func (s site) query(ctx context.Context, q question) (answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, q.deadline(), errOverdue)
	defer cancel()
	token := s.agent.token.current()
	sent := time.Now()
	options := s.options(q, token).WithContext(s.connection(ctx, q))
	entries, meta, err := s.agent.client.Health().ServiceMultipleTags(s.config.Service, s.config.Tags, false, options)
	switch {
	case err != nil && ctx.Err() != nil:
		err = context.Cause(ctx)
	case err == nil && entries == nil:
		err = errNoList
	}
	if err != nil {
		return answer{}, s.agent.fault(s.config.Service, err)
	}
	a := answer{asked: q, took: time.Since(sent), index: meta.LastIndex, lastContact: sinceContact(meta.LastContact),
		knownLeader: meta.KnownLeader, acl: aclOf(meta, token)}
	a.instances, a.dropped = s.mapping.instances(entries)
	return a, nil
}

// notHeard is longer than any server runs: one that has not heard from a leader since it started tells Go's longest time.
const notHeard = 10 * 365 * 24 * time.Hour

// sinceContact is what a server tells of its leader: what came out below 0 was too many milliseconds for a duration.
func sinceContact(told time.Duration) time.Duration {
	if told < 0 {
		return notHeard
	}
	return told
}

func (s site) options(q question, token string) *api.QueryOptions {
	options := &api.QueryOptions{
		WaitIndex: q.index, WaitTime: q.wait, Token: token,
		Datacenter: s.datacenter, Filter: s.config.Filter, Near: s.config.Near,
	}
	if q.probe {
		options.AllowStale, options.Filter = true, matchesNothing
	}
	return options
}

func (s site) connection(ctx context.Context, q question) context.Context {
	if q.probe {
		return context.WithValue(ctx, ownConnection{}, true)
	}
	return ctx
}
