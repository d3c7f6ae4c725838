package sdk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ms2.internal/lb/sdk/internal/delivery"
	"ms2.internal/lb/sdk/internal/flight"
)

// The kinds of failure, for [errors.Is]. An error always means "could not be answered", never "invalid".
var (
	// ErrNoReplicas: no replica of MS2 is known. Is it registered, under the name in MS2_SERVICE?
	ErrNoReplicas = delivery.ErrNoReplicas

	// ErrCircuitOpen: every replica failed so often in a row that it is not asked for now. The error wraps the last
	// failure. It heals by itself within MS2_BREAKER_OPEN of the replicas' recovery.
	ErrCircuitOpen = delivery.ErrCircuitOpen

	// ErrMalformedSID: the SID is not 1 to 256 bytes of visible ASCII. It was not sent.
	ErrMalformedSID = errors.New("malformed SID")

	// ErrOverloaded: more SIDs wait for MS2 than MS2_QUEUE_MAX allows. Shed load.
	ErrOverloaded = flight.ErrOverloaded

	// ErrNoKind: the SID is valid, but MS2 did not say of what kind, which [OfKind] asked for.
	ErrNoKind = errors.New("MS2 does not say of what kind it is")

	// ErrClosed: the client was closed.
	ErrClosed = delivery.ErrClosed
)

// CallError is a check that MS2 did not answer, as of the last attempt.
type CallError struct {
	// Replica is the address of the replica that was asked last; "" when none was.
	Replica string

	// Status is the HTTP status of its answer; 0 when none came.
	Status int

	// Attempts is how many HTTP requests were made for the check's batch.
	Attempts int

	// Cause is what went wrong with the last of them, in the word of [Stats]; "" when nothing did.
	Cause Reason

	// Err is the cause. At a deadline it wraps [context.DeadlineExceeded] beside what failed last.
	Err error
}

// Error names the replica, the cause and the number of attempts.
func (e *CallError) Error() string {
	return (&delivery.Failure{Replica: e.Replica, Status: e.Status, Attempts: e.Attempts, Err: e.Err}).Error()
}

// Unwrap returns the cause.
func (e *CallError) Unwrap() error { return e.Err }

// callError is a flight's error as callers know it.
func callError(err error) error {
	var failure *delivery.Failure
	if errors.As(err, &failure) {
		return lastCall(failure, failure.Attempts, failure.Err)
	}
	return err
}

// lastCall is an error with what the last attempt did.
func lastCall(last *delivery.Failure, attempts int, err error) *CallError {
	return &CallError{Replica: last.Replica, Status: last.Status, Attempts: attempts, Cause: Reason(last.Cause), Err: err}
}

// overloaded answers what is kept of a SID that can't be asked for now, where MS2 allows that on errors.
func (c *Client) overloaded(q *question, err error) (Verdict, error) {
	if v, ok := c.fallBack(c.cache.Get(q.SID), q); ok {
		return v, nil
	}
	return Verdict{}, err
}

// outOfTime says what was going on when the caller's time ended.
func (c *Client) outOfTime(q *question, err error, last *delivery.Failure) error {
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no verdict within %v: %w", time.Since(q.Began).Round(time.Millisecond), err)
	}
	if last == nil {
		return c.outOfTurn(q, err)
	}
	return lastCall(last, last.Attempts, fmt.Errorf("%w; last: %w", err, last.Err))
}

// gone is why a caller left, which tells it from the same error of another's, such as a transport's.
type gone struct{ error }

// Unwrap returns the error of the caller's context.
func (g gone) Unwrap() error { return g.error }

// outOfTurn says why a check whose time ended was never sent: what kept it waiting is what failed for others.
func (c *Client) outOfTurn(q *question, err error) error {
	others := c.carrier.LastFailure(q.Began)
	if others == nil {
		return c.discovery.Explain(err)
	}
	return lastCall(others, 0, fmt.Errorf("%w; it waited for its turn behind others, of which the last: %w", err, others.Err))
}

// CheckError is one check that got no verdict.
type CheckError struct {
	// SID is the one that was to be checked.
	SID string

	// Index is its place in the checks of [Client.ValidateAll]; 0 for [Client.Validate].
	Index int

	// Err is the cause.
	Err error
}

// Error names the SID and the cause.
func (e *CheckError) Error() string { return fmt.Sprintf("ms2: check of %s: %v", quoted(e.SID), e.Err) }

// Unwrap returns the cause.
func (e *CheckError) Unwrap() error { return e.Err }

// quoted bounds what a caller's input may put into an error.
func quoted(sid string) string {
	const most = 80
	if len(sid) > most {
		return fmt.Sprintf("%.*q…", most, sid)
	}
	return fmt.Sprintf("%q", sid)
}

// CheckErrors are the checks of one [Client.ValidateAll] that got no verdict, in the order of the checks.
type CheckErrors []*CheckError

// Error names the first three and counts the rest.
func (e CheckErrors) Error() string {
	const named = 3
	texts := make([]string, 0, named+1)
	for i, one := range e {
		if i == named {
			texts = append(texts, fmt.Sprintf("and %d more", len(e)-named))
			break
		}
		texts = append(texts, one.Error())
	}
	return strings.Join(texts, "; ")
}

// Unwrap returns each of them.
func (e CheckErrors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, one := range e {
		errs[i] = one
	}
	return errs
}

func (e CheckErrors) sort() {
	slices.SortFunc(e, func(a, b *CheckError) int { return a.Index - b.Index })
}
