package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
)

// caller is who waits for MS2: the checks of a batch, or who has a request forwarded.
type caller interface {
	// Context ends when the last check has left and no attempt runs on, or the client closes; its cause says which.
	Context() context.Context

	// Remaining is how long the most patient check still waits.
	Remaining() time.Duration

	// Offer lets the checks be answered with what was believed before, where MS2 allows that: asking failed once.
	Offer()
}

// Batch is the checks of one request, as their delivery needs them. Its methods are called by the goroutine that carries it.
type Batch interface {
	caller

	// Items are the checks that have no result yet.
	Items() []attempt.Item

	// Note says what is going on: for the errors of those who leave, and for the last of them, see [Attempt.RunsOn].
	Note(*Attempt)

	// Settle ends each check that has an entry, in the order of Items, and returns how many are left.
	Settle(entries []*cache.Entry) int

	// Fail ends the checks that are left.
	Fail(error)

	// Split carries the checks that are left on in parts, each on a goroutine of its own: part is the number of the part for
	// each, in the order of Items. Checks that nobody waits for end, and a part of none is not carried. The batch has none left.
	Split(part []int, carry func(part Batch, i int)) (parts int)

	// MakeWay gives up the batch's place among those under way: it will take its time.
	MakeWay()

	// Quarantine has its one SID sent alone for a time.
	Quarantine()
}

// Failure is a batch that MS2 did not answer, as of the last attempt.
type Failure struct {
	// Replica is the address of the replica that was asked last; "" when none was.
	Replica string

	// Status is the HTTP status of its answer; 0 when none came.
	Status int

	// Attempts is how many HTTP requests were made for the batch.
	Attempts int

	// Cause is what went wrong with the attempt that Err is of; "" when none did.
	Cause attempt.Cause

	// Err says why the batch was not answered.
	Err error
}

// Error names the replica, the cause and the number of attempts.
func (e *Failure) Error() string {
	switch {
	case e.Replica == "":
		return e.Err.Error()
	case e.Attempts == 0:
		return fmt.Sprintf("replica %s: %v", e.Replica, e.Err)
	case e.Attempts == 1:
		return fmt.Sprintf("replica %s: %v (1 attempt)", e.Replica, e.Err)
	}
	return fmt.Sprintf("replica %s: %v (%d attempts)", e.Replica, e.Err, e.Attempts)
}

// Unwrap returns the cause.
func (e *Failure) Unwrap() error { return e.Err }

// The reasons why a batch could not be sent.
var (
	ErrNoReplicas  = errors.New("no replica of MS2 is known")
	ErrCircuitOpen = errors.New("every replica's circuit breaker is open")
	ErrClosed      = errors.New("the client is closed")
)
