package hook

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// Fault is what code of the adopter's did instead of returning: it panicked, exited its goroutine, or blocks.
type Fault struct {
	Hook, What string
	Panic      any // what it panicked with, which may be anything; nil for no panic
}

// Error names the hook and what it did.
func (e *Fault) Error() string {
	if e.Panic != nil {
		return fmt.Sprintf("%s: %v", e.Summary(), e.Panic)
	}
	return e.Summary()
}

// Summary is the error without what the hook panicked with.
func (e *Fault) Summary() string { return fmt.Sprintf("the adopter's %s %s", e.Hook, e.What) }

// The names of the hooks, as faults are reported.
const (
	Transport = "transport (WithTransport)"
	Source    = "source (WithSource)"
	Logger    = "logger (WithLogger)"
	Verifier  = "verifier (WithAttestations)"
)

// Guard knows which calls of the adopter's code have not returned. The zero value works, and it may be used concurrently.
// Calls may begin while others are waited for, which a sync.WaitGroup would not allow.
type Guard struct {
	mu      sync.Mutex     // locked for a whole method, by defer
	running map[string]int // calls by hook, none of them 0; guarded by mu
	idle    chan struct{}  // closed when none runs; nil when nobody waits; guarded by mu
}

// Go runs a call of a hook on a goroutine of its own and reports how it ended: nil, or its Fault.
func (g *Guard) Go(hook string, call func(), ended func(error)) {
	g.begin(hook)
	go func() {
		err := error(&Fault{Hook: hook, What: "exited its goroutine"})
		defer g.end(hook)
		defer func() {
			if p := recover(); p != nil {
				err = &Fault{Hook: hook, What: "panicked", Panic: p}
			}
			ended(err)
		}()
		call()
		err = nil
	}()
}

// Call runs a call of a hook under the guard and returns its result, a Fault, or the context's error if that ends first. No
// call begins after the context has ended.
func Call[T any](ctx context.Context, g *Guard, hook string, call func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	if ctx.Err() != nil {
		return outcome{}.value, ctx.Err()
	}
	result := make(chan outcome, 1) // has room for a result that nobody waits for any more
	var got outcome
	g.Go(hook, func() { got.value, got.err = call() }, func(fault error) {
		if fault != nil {
			got = outcome{err: fault}
		}
		result <- got
	})
	select {
	case got := <-result:
		return got.value, got.err
	case <-ctx.Done():
		return outcome{}.value, ctx.Err()
	}
}

func (g *Guard) begin(hook string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running == nil {
		g.running = map[string]int{}
	}
	g.running[hook]++
}

func (g *Guard) end(hook string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running[hook]--; g.running[hook] == 0 {
		delete(g.running, hook)
	}
	if len(g.running) == 0 && g.idle != nil {
		close(g.idle)
		g.idle = nil
	}
}

// Wait waits for the calls to return, until ctx ends; the error then names the hooks that did not.
func (g *Guard) Wait(ctx context.Context) error {
	select {
	case <-g.whenIdle():
		return nil
	case <-ctx.Done():
		return g.faults()
	}
}

func (g *Guard) whenIdle() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	idle := g.idle
	if idle == nil {
		idle = make(chan struct{})
	}
	if len(g.running) == 0 {
		close(idle)
	} else {
		g.idle = idle
	}
	return idle
}

func (g *Guard) faults() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	var faults []error
	for _, hook := range slices.Sorted(maps.Keys(g.running)) {
		faults = append(faults, &Fault{Hook: hook, What: fmt.Sprintf("has not returned from %d call(s)", g.running[hook])})
	}
	return errors.Join(faults...)
}
