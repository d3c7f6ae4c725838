package delivery

import (
	"sync"
	"time"
)

// pulse tells whether MS2 answers at all. It costs those who are answered nothing, since it looks at their count when it is asked.
type pulse struct {
	mu       sync.Mutex // locked for a whole method, by defer
	answered int64      // guarded by mu; when it was last asked
	at       time.Time  // guarded by mu; when it was first seen that there were so many
}

// pulseFor is how long an answer shows that MS2 is up: a path that it fails must open no breaker, however often it is asked for
// beside checks. When MS2 is down breakers open so much later by forwards, and by checks as soon as ever.
const pulseFor = 10 * time.Second

// answering reports whether a check or a forward was answered of late.
func (c *Carrier) answering() bool {
	return c.pulse.feel(c.counters.answered.Load() + c.counters.Forwarded.answered.Load())
}

func (p *pulse) feel(answered int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if answered > p.answered {
		p.answered, p.at = answered, now
	}
	return p.answered > 0 && now.Sub(p.at) < pulseFor
}
