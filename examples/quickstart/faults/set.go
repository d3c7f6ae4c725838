package faults

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// ErrUnknownReplica is wrapped by the error of a replica that is not there.
var ErrUnknownReplica = errors.New("there is no such replica")

// Set is all that can go wrong. Its methods may be called concurrently.
type Set struct {
	// Replicas are those of MS2.
	Replicas []*Replica

	// Way is MS1's way to Consul; nil when there is none that could be cut.
	Way *Way

	// NoWay says why there is none and what to do about it; "" when there is one.
	NoWay string
}

// Switch turns a fault of a replica on or off, or, with no replica, [Consul].
func (s *Set) Switch(ctx context.Context, replica string, f Fault, on bool) error {
	if f == Consul {
		return s.switchConsul(on)
	}
	if err := f.Known(); err != nil {
		return err
	}
	for _, r := range s.Replicas {
		if r.Name == replica {
			return r.Switch(ctx, f, on)
		}
	}
	return fmt.Errorf("%w as %.40q: they are called replica 1 to replica %d", ErrUnknownReplica, replica, len(s.Replicas))
}

func (s *Set) switchConsul(away bool) error {
	if s.Way == nil {
		return fmt.Errorf("%s %w with this: %s", Consul, ErrConflict, s.NoWay)
	}
	return s.Way.Switch(away)
}

// End turns all faults off, of all replicas at once.
func (s *Set) End(ctx context.Context) error {
	errs := make([]error, len(s.Replicas)+1)
	var all sync.WaitGroup
	for i, r := range s.Replicas {
		all.Go(func() { errs[i] = r.End(ctx) })
	}
	if s.Way != nil {
		errs[len(s.Replicas)] = s.Way.Switch(false)
	}
	all.Wait()
	return errors.Join(errs...)
}

// Hung reports whether the replica at this address takes requests and answers none.
func (s *Set) Hung(addr string) bool {
	for _, r := range s.Replicas {
		if r.Addr == addr {
			r.mu.Lock()
			defer r.mu.Unlock()
			return r.on[Stop]
		}
	}
	return false
}
