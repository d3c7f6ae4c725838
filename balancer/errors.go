package balancer

import (
	"errors"
	"fmt"
	"time"
)

// ErrNoReplicas is returned by a pick when there is no replica at all.
var ErrNoReplicas = errors.New("no replica is known")

// ErrCircuitOpen is returned by a pick when every replica's circuit breaker is open.
var ErrCircuitOpen = errors.New("the circuit breaker of every replica is open")

// RestingError is returned by a pick when every replica that could be asked refused for load a moment ago, or said for how
// long.
type RestingError struct {
	// Wait is how long until the first of them may be asked again.
	Wait time.Duration
}

// Error says for how long.
func (e *RestingError) Error() string {
	return fmt.Sprintf("every replica refused for load, the first may be asked again in %v", e.Wait.Round(time.Millisecond))
}

// refusal says why no member could be chosen.
func (f *fleet) refusal(now time.Duration) error {
	if len(f.members) == 0 {
		return ErrNoReplicas
	}
	first := never
	for i := range f.members {
		if r := f.members[i].replica; r.breaker.closed() {
			first = min(first, time.Duration(r.rest.hard.Load()))
		}
	}
	if first == never {
		return ErrCircuitOpen
	}
	return &RestingError{Wait: max(0, first-now)}
}
