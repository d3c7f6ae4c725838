package sdk

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"
)

// journal keeps the last events, and tells the log of each. It may be used concurrently, and under the locks of others: it calls
// nobody, and the log is written behind it.
type journal struct {
	log *logger

	mu   sync.Mutex         // locked for a whole method, by defer
	ring []Event            // the last, at most eventsKept, in a circle; guarded by mu
	seq  uint64             // of the last; guarded by mu
	open map[Reason]Problem // what is wrong with the whole; guarded by mu
}

// eventsKept is how many events are remembered.
const eventsKept = 100

// note keeps an event, and has the log tell of it.
func (j *journal) note(e Event) { j.tell(j.keep(e)) }

// tell has the log tell of an event, kept or not.
func (j *journal) tell(e Event) {
	l := e.line()
	j.log.about(l.about, l.level, l.message, e.attrs()...)
}

// keep gives an event its number and time, and remembers it.
func (j *journal) keep(e Event) Event {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.keepLocked(e)
}

func (j *journal) keepLocked(e Event) Event {
	j.seq++
	e.Seq, e.At = j.seq, time.Now()
	if e.Severity == "" {
		e.Severity = Notice
	}
	if len(j.ring) < eventsKept {
		j.ring = append(j.ring, e)
	} else {
		j.ring[(e.Seq-1)%eventsKept] = e
	}
	return e
}

// events are those remembered, the oldest first.
func (j *journal) events() []Event {
	j.mu.Lock()
	defer j.mu.Unlock()
	events := make([]Event, 0, len(j.ring))
	oldest := 0
	if len(j.ring) == eventsKept {
		oldest = int(j.seq % eventsKept)
	}
	events = append(events, j.ring[oldest:]...)
	return append(events, j.ring[:oldest]...)
}

// begin notes that something is wrong with the whole, unless that is known; then it keeps how it is put now.
func (j *journal) begin(p Problem, evidence *Evidence) {
	if e, begins := j.opened(p, evidence); begins {
		j.tell(e)
	}
}

func (j *journal) opened(p Problem, evidence *Evidence) (e Event, begins bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.open == nil {
		j.open = map[Reason]Problem{}
	}
	before, known := j.open[p.Reason]
	if known {
		p.Since = before.Since
	} else {
		e = j.keepLocked(Event{Kind: EventFailing, Severity: p.Severity, Reason: p.Reason, Cause: p.Cause, Text: p.Text, Evidence: evidence})
		p.Since = &e.At
	}
	j.open[p.Reason] = p
	return e, !known
}

// end notes that it is over, if it began; text says how, "" in the usual words.
func (j *journal) end(r Reason, text string, evidence *Evidence) {
	if e, ends := j.ended(r, cmp.Or(text, r.over()), evidence); ends {
		j.tell(e)
	}
}

func (j *journal) ended(r Reason, text string, evidence *Evidence) (e Event, ends bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	p, known := j.open[r]
	if !known {
		return Event{}, false
	}
	delete(j.open, r)
	lasted := time.Since(*p.Since).Seconds()
	return j.keepLocked(Event{Kind: EventRecovered, Reason: r, Cause: p.Cause, Text: text, Evidence: evidence, Lasted: &lasted}), true
}

// since is when something with the whole began, nil when it is not wrong.
func (j *journal) since(r Reason) *time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.open[r].Since
}

// wrong is what is wrong with the whole, in no order.
func (j *journal) wrong() []Problem {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.AppendSeq(make([]Problem, 0, len(j.open)), maps.Values(j.open))
}
