package simulate

import (
	"cmp"
	"container/heap"
	"time"
)

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

// after plans something for a while from now.
func (t *timeline) after(delay time.Duration, do func()) {
	t.count++
	heap.Push(&t.planned, event{t.now + max(0, delay), t.count, do})
}

// play lets all of it happen.
func (t *timeline) play() {
	for len(t.planned) > 0 {
		e := heap.Pop(&t.planned).(event)
		t.now = e.at
		e.do()
	}
}

// events is a heap for container/heap.
type events []event

func (e events) Len() int { return len(e) }

func (e events) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(e[i].at, e[j].at), cmp.Compare(e[i].order, e[j].order)) < 0
}

func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }

func (e *events) Push(x any) { *e = append(*e, x.(event)) }

func (e *events) Pop() any {
	last := len(*e) - 1
	x := (*e)[last]
	(*e)[last] = event{}
	*e = (*e)[:last]
	return x
}
