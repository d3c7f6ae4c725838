package attempt

import (
	"context"
	"errors"
	"fmt"
	"maps"
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

// Hooks knows which calls of the adopter's code have not returned. The zero value works. Calls may begin while others are
// waited for, which a sync.WaitGroup would not allow.
type Hooks struct {
	mu      sync.Mutex
	running map[string]int // calls by hook, none of them 0; guarded by mu
	idle    chan struct{}  // closed when none runs; nil when nobody waits; guarded by mu
}

// Go runs a call of a hook on a goroutine of its own and reports how it ended: nil, or its fault.
func (h *Hooks) Go(hook string, call func(), ended func(error)) {
	h.begin(hook)
	go func() {
		err := error(&HookFault{hook, "exited its goroutine"})
		defer h.end(hook)
		defer func() {
			if p := recover(); p != nil {
				err = &HookFault{hook, fmt.Sprintf("panicked: %v", p)}
			}
			ended(err)
		}()
		call()
		err = nil
	}()
}

func (h *Hooks) begin(hook string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.running == nil {
		h.running = map[string]int{}
	}
	h.running[hook]++
}

func (h *Hooks) end(hook string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.running[hook]--; h.running[hook] == 0 {
		delete(h.running, hook)
	}
	if len(h.running) == 0 && h.idle != nil {
		close(h.idle)
		h.idle = nil
	}
}

// Wait waits for the calls to return, until ctx ends; the error then names the hooks that did not.
func (h *Hooks) Wait(ctx context.Context) error {
	select {
	case <-h.whenIdle():
		return nil
	case <-ctx.Done():
		return h.faults()
	}
}

func (h *Hooks) whenIdle() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	idle := h.idle
	if idle == nil {
		idle = make(chan struct{})
	}
	if len(h.running) == 0 {
		close(idle)
	} else {
		h.idle = idle
	}
	return idle
}

func (h *Hooks) faults() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	var faults []error
	for _, hook := range slices.Sorted(maps.Keys(h.running)) {
		faults = append(faults, &HookFault{hook, fmt.Sprintf("has not returned from %d call(s)", h.running[hook])})
	}
	return errors.Join(faults...)
}
