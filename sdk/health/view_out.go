package health

import (
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk"
)

// outSince says when each replica that is out was put out, as far as the events tell: its state is younger, since it is probed again and
// again.
func outSince(s sdk.Stats) map[string]*time.Time {
	out := map[string]*time.Time{}
	for i := range s.Events {
		switch e := &s.Events[i]; e.Kind {
		case sdk.EventOut:
			out[e.Replica] = &e.At
		case sdk.EventBack, sdk.EventJoined, sdk.EventLeft:
			delete(out, e.Replica)
		}
	}
	return out
}

// earlier is the first of two moments, one of which may not be known.
func earlier(since, out *time.Time) *time.Time {
	if out == nil || since == nil || since.Before(*out) {
		return since
	}
	return out
}

// probes fold what happens to a replica while it is out: it is probed, and is out again.
type probes map[string]*probed

// probed is a run of such events, which is shown as its newest.
type probed struct {
	row   int
	times int
}

// fold reports whether the event belongs to a run whose newest is shown already in another row. Events come the newest first, and this
// one would be shown in the row.
func (p probes) fold(e sdk.Event, row int) bool {
	if e.Kind != sdk.EventState || !isProbing(e.From) && !isProbing(e.To) {
		delete(p, e.Replica)
		return false
	}
	run, known := p[e.Replica]
	if !known {
		run = &probed{row: row}
		p[e.Replica] = run
	}
	if isProbing(e.To) {
		run.times++
	}
	return known
}

func isProbing(state string) bool { return state == string(balancer.Probing) }
