package delivery

import (
	"context"
	"errors"
	"sync"
)

// forwards are the requests that are forwarded, until the bodies of their answers have ended. The zero value works. One may begin
// while the others are waited for, which a sync.WaitGroup would not allow.
type forwards struct {
	mu      sync.Mutex    // locked for a whole method, by defer
	running int           // guarded by mu
	idle    chan struct{} // closed when none runs and none begins any more; nil until it is waited for; guarded by mu
}

// begin reports whether a forward may begin, which ends by end.
func (f *forwards) begin() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.idle != nil {
		return false
	}
	f.running++
	return true
}

func (f *forwards) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.running--; f.running == 0 && f.idle != nil {
		close(f.idle)
	}
}

// wait lets no forward begin any more and waits for the others, until ctx ends. It is called once.
func (f *forwards) wait(ctx context.Context) error {
	select {
	case <-f.close():
		return nil
	case <-ctx.Done():
		return errors.New("a forwarded request did not end")
	}
}

func (f *forwards) close() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.idle = make(chan struct{})
	if f.running == 0 {
		close(f.idle)
	}
	return f.idle
}
