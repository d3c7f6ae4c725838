package balancer

import "sync/atomic"

// Totals are counts over all replicas that there ever were, those that left the set included. They never decrease.
type Totals struct {
	// What breakers did: Opened after being closed, HalfOpened for a probe, Closed after one.
	Opened, HalfOpened, Closed int64

	// Ejections by their reason. One that goes on, since its trial failed, is counted once.
	FailsMore, AnswersNothing, ProbeRefused, LeftOut int64

	// Withheld are the ejections that there was no room for, one for each time that it went on.
	Withheld int64
}

// totals keep them.
type totals struct {
	opened, halfOpened, closed                       atomic.Int64
	failsMore, answersNothing, probeRefused, leftOut atomic.Int64
	withheld                                         atomic.Int64
}

// Totals reads the counts. Each is exact; they are not of one moment.
func (b *Balancer) Totals() Totals {
	t := &b.totals
	return Totals{
		Opened: t.opened.Load(), HalfOpened: t.halfOpened.Load(), Closed: t.closed.Load(),
		FailsMore: t.failsMore.Load(), AnswersNothing: t.answersNothing.Load(),
		ProbeRefused: t.probeRefused.Load(), LeftOut: t.leftOut.Load(), Withheld: t.withheld.Load(),
	}
}

// ejected counts an ejection.
func (t *totals) ejected(reason Reason) {
	switch reason {
	case ReasonAnswersNothing:
		t.answersNothing.Add(1)
	case ReasonProbeRefused:
		t.probeRefused.Add(1)
	case ReasonLeftOut:
		t.leftOut.Add(1)
	default:
		t.failsMore.Add(1)
	}
}
