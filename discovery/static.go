package discovery

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Static is a [Source] of fixed addresses: for a test, a laptop, or replicas behind addresses that never change.
// It is immutable, so it may be watched by several callers at once.
type Static struct {
	instances []Instance
}

// NewStatic takes at least one host:port, an IPv6 host in brackets. Each becomes an instance with its address as ID and
// the weight 1. The error names every bad address and what would be right.
func NewStatic(addrs ...string) (*Static, error) {
	if len(addrs) == 0 {
		return nil, errors.New("static source: no address, want at least one host:port")
	}
	s, seen := &Static{}, make(map[string]bool, len(addrs))
	var errs []error
	for _, addr := range addrs {
		errs = append(errs, checkAddr(addr), checkRepeated(addr, seen))
		s.instances = append(s.instances, at(addr, 1))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("static source: %w", err)
	}
	return s, nil
}

func checkRepeated(addr string, seen map[string]bool) error {
	if seen[addr] {
		return fmt.Errorf("address %q: listed twice, want each once", addr)
	}
	seen[addr] = true
	return nil
}

// Watch hands over the instances once, then waits for ctx to end and returns its error.
func (s *Static) Watch(ctx context.Context, update func(Snapshot)) error {
	update(Snapshot{Instances: append([]Instance{}, s.instances...), Source: "static", At: time.Now()})
	<-ctx.Done()
	return ctx.Err()
}
