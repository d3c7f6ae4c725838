package sdk

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v4"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
)

// flight is one SID on its way to MS2 and back, for all the checks that wait for it.
type flight struct {
	sid  string
	held *cache.Entry // what was believed when it began; nil for nothing

	// Guarded by the collector's mu.
	phase    phase
	waiters  int       // checks that wait, and one more while it is refreshed behind an answer
	deadline time.Time // the latest of theirs
	forgets  bool      // its verdict must not be kept: a newer flight is under way, or it was invalidated
	disowned bool      // it was invalidated: what was held must not be answered either
	sentAt   time.Time // zero while gathering
	place    float64   // among those that were gathered with it, from 0 to 1
	batch    *batch    // nil while gathering

	early chan struct{} // closed when asking failed once and held may be answered meanwhile
	done  chan struct{} // closed when entry and err are set
	entry *cache.Entry
	err   error
}

// phase is how far a flight has come.
type phase int

const (
	gathering phase = iota // others may join, whatever they want
	sent                   // others may join unless they want an answer asked for after their call began
	over                   // nobody joins
)

// result is the function under the singleflight: it only waits.
func (f *flight) result() (any, error) {
	<-f.done
	return f.entry, f.err
}

// batch is the flights that one HTTP request carries.
type batch struct {
	ctx     context.Context // ends when the last check has left, or the client closes
	cancel  context.CancelFunc
	flights []*flight // those without a result; only the goroutine that sends the batch changes it
	live    int       // those of them that somebody waits for; guarded by the collector's mu

	trail
	apart  bool                      // its one SID fell by itself before
	pauses backoff.BackOff           // between its attempts; nil until one is needed
	last   atomic.Pointer[CallError] // the last attempt, the one under way included
}

// trail is what a batch has been through; its parts go on from there.
type trail struct {
	attempts int           // all, for the error
	failures int           // those that failed, of which there may be so many
	tried    []string      // IDs of the replicas that failed it
	before   error         // of the last attempt that brought an answer or was the replica's failure; nil for none
	doubt    bool          // an answer made no sense: ask without the versions held
	paused   int           // times
	took     time.Duration // the last attempt
	fell     int           // attempts at which a replica fell over with the batch in its hands
	answered int64         // batches of anybody, when it first fell
}

// items are the checks as the attempt sends them.
func (b *batch) items() []attempt.Item {
	items := make([]attempt.Item, len(b.flights))
	for i, f := range b.flights {
		items[i].SID = f.sid
		if !b.doubt {
			items[i].Held = f.held
		}
	}
	return items
}

var errNoAnswerYet = errors.New("it has not answered yet")

// asking describes an attempt that is under way.
func (b *batch) asking(lease *balancer.Lease) *CallError {
	err := errNoAnswerYet
	if b.before != nil {
		err = fmt.Errorf("%w; before that: %w", err, b.before)
	}
	return &CallError{Replica: lease.Instance().Addr, Attempts: b.attempts, Err: err}
}

// failure is the error of the last attempt, or err itself when none was made.
func (b *batch) failure(err error) *CallError {
	e := &CallError{Attempts: b.attempts, Err: err}
	if last := b.last.Load(); last != nil {
		e.Replica, e.Status = last.Replica, last.Status
	}
	return e
}
