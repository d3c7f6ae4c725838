package delivery

import (
	"sync"
	"time"
)

// patience is how long an answer is waited for, counted from the last of the request that was sent.
type patience struct {
	most time.Duration

	mu    sync.Mutex
	timer *time.Timer // guarded by mu
	ended bool        // guarded by mu
}

// newPatience calls over once it has run out.
func newPatience(most time.Duration, over func()) *patience {
	return &patience{most: most, timer: time.AfterFunc(most, over)}
}

// extend starts it again.
func (p *patience) extend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended && p.timer.Stop() {
		p.timer.Reset(p.most)
	}
}

// end reports whether it had not run out.
func (p *patience) end() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	return p.timer.Stop()
}
