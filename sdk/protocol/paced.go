package protocol

import (
	"sync"
	"time"
)

// paced counts a fault that every request may meet again, so that the log is told of it once a minute. The zero value works.
type paced struct {
	mu     sync.Mutex
	told   time.Time // guarded by mu; zero: never
	untold int       // guarded by mu: how often it came since
}

// pace is the time between two records of one fault.
const pace = time.Minute

// note counts the fault once, and reports whether to log it, and then how often it came since it was logged last.
func (p *paced) note() (count int, tell bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.untold++
	now := time.Now()
	if !p.told.IsZero() && now.Sub(p.told) < pace {
		return 0, false
	}
	count, p.told, p.untold = p.untold, now, 0
	return count, true
}
