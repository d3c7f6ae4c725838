package faults

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"ms2.internal/lb/examples/quickstart/child"
	"ms2.internal/lb/examples/quickstart/faulty"
)

// Process is a replica as a process, such as [fleet.Replica]. No two methods are called at once, but for Running.
type Process interface {
	Kill()
	Leave()
	Pause() error
	Resume() error
	Restart(ctx context.Context) error
	Running() bool
}

// ErrConflict is wrapped by the errors of faults that can't be on together.
var ErrConflict = errors.New("can't be on together")

// Replica is a replica that things can be wrong with. Its methods may be called concurrently.
type Replica struct {
	// Name is what people call it, and Addr where it listens, host:port.
	Name, Addr string

	process Process
	file    string // of its faults, see package faulty

	doing sync.Mutex // held while the process is changed, which takes up to seconds
	mu    sync.Mutex
	on    map[Fault]bool // guarded by mu
}

// NewReplica takes a replica that runs [faulty.Main] with this file.
func NewReplica(name, addr, file string, process Process) *Replica {
	return &Replica{Name: name, Addr: addr, file: file, process: process, on: map[Fault]bool{}}
}

// On are the faults that are on. A replica that was killed by somebody else counts as killed.
func (r *Replica) On() []Fault {
	running := r.process.Running()
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.listLocked(running)
}

func (r *Replica) listLocked(running bool) []Fault {
	list := []Fault{}
	for _, f := range All {
		if r.on[f] || f == Kill && !running && !r.on[Drain] {
			list = append(list, f)
		}
	}
	return list
}

// Switch turns a fault on or off, and returns when that is so: when a process has left, or is healthy again. What is as it is
// wanted stays so.
func (r *Replica) Switch(ctx context.Context, f Fault, on bool) error {
	if err := f.Known(); err != nil {
		return err
	}
	r.doing.Lock()
	defer r.doing.Unlock()
	now := r.On()
	if slices.Contains(now, f) == on {
		return nil
	}
	if !f.OfProcess() {
		return r.behave(now, f, on)
	}
	if err := r.fits(now, f, on); err != nil {
		return err
	}
	if on {
		r.note(f, true) // before it is so: who looks on must not take it for another's deed
	}
	err := r.change(ctx, f, on)
	r.note(f, on == (err == nil))
	return err
}

// fits returns an error when the process is in no state for the fault.
func (r *Replica) fits(now []Fault, f Fault, on bool) error {
	for _, other := range now {
		if on && other.OfProcess() {
			return fmt.Errorf("%s and %s %w: end %s of %s first", other, f, ErrConflict, other, r.Name)
		}
	}
	if f == Stop && !child.CanPause {
		return fmt.Errorf("%s: this system can't pause a process", f)
	}
	return nil
}

func (r *Replica) change(ctx context.Context, f Fault, on bool) error {
	switch {
	case f == Stop && on:
		return r.process.Pause()
	case f == Stop:
		return r.process.Resume()
	case !on:
		return r.process.Restart(ctx)
	case f == Drain:
		r.process.Leave()
	default:
		r.process.Kill()
	}
	return nil
}

// behave has the process do wrong, or not.
func (r *Replica) behave(now []Fault, f Fault, on bool) error {
	var want []string
	for _, other := range All {
		if !other.OfProcess() && (other == f && on || other != f && slices.Contains(now, other)) {
			want = append(want, string(other))
		}
	}
	err := faulty.Write(r.file, want...)
	r.note(f, on == (err == nil))
	return err
}

func (r *Replica) note(f Fault, on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.on[f] = on
}

// End turns all faults off.
func (r *Replica) End(ctx context.Context) error {
	var errs []error
	for _, f := range slices.Backward(r.On()) { // behaviour before the process: one that starts is well at once
		errs = append(errs, r.Switch(ctx, f, false))
	}
	return errors.Join(errs...)
}
