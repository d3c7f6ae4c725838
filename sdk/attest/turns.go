package attest

import (
	"slices"
	"sync"
	"time"
)

// turns lets a few callers check signatures at once, the others in the order in which they come. A caller whose signature was bad lets
// all others go first before it gets its error. So the senders of a flood wait for each other; a caller that comes alone waits for a
// turn or two, and not for all of theirs.
type turns struct {
	mu       sync.Mutex      // locked for a whole method, by defer
	free     int             // guarded by mu
	waiting  []chan struct{} // closed for a turn, in order; guarded by mu
	yielding []chan struct{} // those with a bad signature: closed one a turn while nobody waits, in order; guarded by mu
}

// maxYield is how long a caller with a bad signature waits at most.
const maxYield = 50 * time.Millisecond

// take waits for a turn.
func (t *turns) take() {
	if begin := t.join(); begin != nil {
		<-begin
	}
}

// join takes a turn that is free, and returns nil, or else what is closed for one.
func (t *turns) join() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.free > 0 {
		t.free--
		return nil
	}
	begin := make(chan struct{})
	t.waiting = append(t.waiting, begin)
	return begin
}

// give ends a turn: the next who waits has it, or else one who yields goes on.
func (t *turns) give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if first(&t.waiting) {
		return
	}
	t.free++
	first(&t.yielding)
}

// first closes the first of a line and takes it out, and reports whether there was one.
func first(line *[]chan struct{}) bool {
	if len(*line) == 0 {
		return false
	}
	close((*line)[0])
	(*line)[0] = nil
	*line = (*line)[1:]
	return true
}

// yield lets the others go first. It returns at once when there are none.
func (t *turns) yield() {
	end := t.stepAside()
	if end == nil {
		return
	}
	timer := time.NewTimer(maxYield)
	defer timer.Stop()
	select {
	case <-end:
	case <-timer.C:
		t.stepBack(end)
	}
}

// stepAside returns what is closed to go on; nil for at once. Those who yield already count as others: released all at once, they
// would be back all at once.
func (t *turns) stepAside() chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.waiting)+len(t.yielding) == 0 {
		return nil
	}
	end := make(chan struct{})
	t.yielding = append(t.yielding, end)
	return end
}

// stepBack ends a wait that took too long.
func (t *turns) stepBack(end chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := slices.Index(t.yielding, end); i >= 0 {
		t.yielding = slices.Delete(t.yielding, i, i+1)
	}
}
