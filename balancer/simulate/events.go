package simulate

import "time"

// timeline is what is yet to happen, the earliest first; of one moment, in the order in which it was planned.
type timeline struct {
	now     time.Duration // since the start of the simulation
	planned events
	count   int
}

type event struct {
	at    time.Duration
	order int
	do    func()
}

func (e event) before(other event) bool {
	return e.at < other.at || e.at == other.at && e.order < other.order
}

// after plans something for a while from now.
func (t *timeline) after(delay time.Duration, do func()) {
	t.count++
	t.planned.push(event{t.now + max(0, delay), t.count, do})
}

// play lets all of it happen.
func (t *timeline) play() {
	for len(t.planned) > 0 {
		e := t.planned.pop()
		t.now = e.at
		e.do()
	}
}

// events is a binary heap. That of the standard library boxes each event and takes twice as long.
type events []event

func (e *events) push(x event) {
	h := append(*e, x)
	at := len(h) - 1
	for parent := (at - 1) / 2; at > 0 && x.before(h[parent]); parent = (at - 1) / 2 {
		h[at], at = h[parent], parent
	}
	h[at], *e = x, h
}

func (e *events) pop() event {
	h := *e
	first, x := h[0], h[len(h)-1]
	h[len(h)-1] = event{}
	h = h[:len(h)-1]
	if len(h) > 0 {
		h.sink(x)
	}
	*e = h
	return first
}

// sink puts an event in place of the first.
func (e events) sink(x event) {
	at := 0
	for child := 1; child < len(e); child = 2*at + 1 {
		if child+1 < len(e) && e[child+1].before(e[child]) {
			child++
		}
		if x.before(e[child]) {
			break
		}
		e[at], at = e[child], child
	}
	e[at] = x
}
