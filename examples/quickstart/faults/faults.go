// Package faults does wrong to the replicas of MS2 that the quickstart runs, and to their way to Consul, and takes it back.
package faults

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ms2.internal/lb/examples/quickstart/faulty"
)

// Fault is what can be wrong with a replica.
type Fault string

// The faults. The first three are of the process, and at most one of them is on; the others may be on together.
const (
	Kill   Fault = "kill"  // ended by SIGKILL, and not started again
	Stop   Fault = "stop"  // frozen by SIGSTOP: it takes connections and answers nothing
	Drain  Fault = "drain" // ended in good order, as in a rolling restart
	Slow   Fault = faulty.Slow
	Fail   Fault = faulty.Fail
	Refuse Fault = faulty.Refuse
)

// All are the faults of a replica, those of the process first.
var All = []Fault{Kill, Stop, Drain, Slow, Fail, Refuse}

// OfProcess reports whether the fault is one of the process, of which there is one at a time.
func (f Fault) OfProcess() bool { return f == Kill || f == Stop || f == Drain }

// ErrUnknownFault is wrapped by the error of a fault that is none.
var ErrUnknownFault = errors.New("there is no such fault")

// Known returns an error that names the faults there are, unless this is one.
func (f Fault) Known() error {
	if slices.Contains(All, f) {
		return nil
	}
	var names []string
	for _, known := range All {
		names = append(names, string(known))
	}
	return fmt.Errorf("%w as %.40q: it is one of %s, or %s for the way to Consul", ErrUnknownFault, f, strings.Join(names, ", "), Consul)
}
