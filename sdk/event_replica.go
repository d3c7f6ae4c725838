package sdk

import (
	"time"

	"ms2.internal/lb/balancer"
)

// tellChange has the journal tell that a replica is judged otherwise. It is called under the balancer's locks.
func (c *Client) tellChange(change balancer.Change) {
	t := c.carrier.Trouble(change.Instance.ID)
	e := Event{
		Kind: EventKind(change.Kind), Replica: change.Instance.ID, Addr: change.Instance.Addr,
		From: string(change.From), To: string(change.To),
		Reason: Reason(change.Reason), Text: why(change.Reason, change.Why, t), Evidence: evidenceOf(change.Evidence),
	}
	if e.Kind == EventOut || e.Kind == EventAiling {
		e.Severity = Warning
		if e.Reason != ReasonSlow && e.Reason != ReasonOverdue { // which are no errors: the last is of something else
			e.Cause = Reason(t.Cause)
		}
	}
	if change.For > 0 {
		lasted := change.For.Seconds()
		e.Lasted = &lasted
	}
	if e.Kind == EventState && isBroken(change.From) && isBroken(change.To) {
		c.journal.tell(e) // a probe each other second would drive all else out of the events
		return
	}
	c.journal.note(e)
}

// isBroken reports whether a breaker is not closed.
func isBroken(s balancer.State) bool { return s == balancer.Broken || s == balancer.Probing }

// tellPanic has the journal tell that less than half of the replicas are healthy, and that enough are again. It is called under the
// balancer's locks.
func (c *Client) tellPanic(panicking bool) {
	if !panicking {
		c.journal.end(ReasonPanicking, "", nil)
		return
	}
	text := "less than half of the replicas are healthy, so that the others get traffic, too"
	c.journal.begin(Problem{Reason: ReasonPanicking, Severity: Warning, Text: text}, nil)
}

// evidenceOf are the balancer's numbers; nil for none.
func evidenceOf(e balancer.Evidence) *Evidence {
	if e == (balancer.Evidence{}) {
		return nil
	}
	return &Evidence{
		InRow: e.InRow, Probes: e.Probes, Requests: e.Requests, Unanswered: e.Unanswered, OthersShare: e.OthersShare,
		LatencyMS: milliseconds(e.Latency), TypicalMS: milliseconds(e.Typical), RestSeconds: e.Rest.Round(time.Millisecond).Seconds(),
	}
}
