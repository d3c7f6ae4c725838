package attempt

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// HookFault says that code which the adopter supplied panicked, exited its goroutine, or did not return.
type HookFault struct {
	Hook, What string
}

// Error names the hook and what it did.
func (e *HookFault) Error() string { return fmt.Sprintf("the adopter's %s %s", e.Hook, e.What) }

// The names of the hooks, as faults are reported.
const (
	TransportHook = "transport (WithTransport)"
	SourceHook    = "source (WithSource)"
	LoggerHook    = "logger (WithLogger)"
)

// Hooks knows which calls of the adopter's code have not returned. The zero value works.
type Hooks struct {
	mu      sync.Mutex
	running map[string]int // calls by hook; guarded by mu
	group   sync.WaitGroup
}

// Go runs a call of a hook on a goroutine of its own and reports how it ended: nil, or its fault.
func (h *Hooks) Go(hook string, call func(), ended func(error)) {
	h.count(hook, 1)
	h.group.Go(func() {
		err := error(&HookFault{hook, "exited its goroutine"})
		defer func() {
			if p := recover(); p != nil {
				err = &HookFault{hook, fmt.Sprintf("panicked: %v", p)}
			}
			h.count(hook, -1)
			ended(err)
		}()
		call()
		err = nil
	})
}

func (h *Hooks) count(hook string, by int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.running == nil {
		h.running = map[string]int{}
	}
	if h.running[hook] += by; h.running[hook] == 0 {
		delete(h.running, hook)
	}
}

// Wait waits for the calls to return, until ctx ends; the error then names the hooks that did not.
func (h *Hooks) Wait(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		h.group.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	var faults []error
	for hook, n := range h.running {
		faults = append(faults, &HookFault{hook, fmt.Sprintf("has not returned from %d call(s)", n)})
	}
	slices.SortFunc(faults, func(a, b error) int { return len(a.Error()) - len(b.Error()) })
	return errors.Join(faults...)
}
