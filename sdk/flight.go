package sdk

import (
	"time"

	"ms2.internal/lb/sdk/internal/cache"
)

// flight is one SID on its way to MS2 and back, for all the checks that wait for it.
type flight struct {
	sid   string
	began time.Time
	held  *cache.Entry // what was believed when it began; nil for nothing

	// Guarded by the collector's mu.
	phase    phase
	waiters  int       // checks that wait, and one more while it is refreshed behind an answer
	deadline time.Time // the latest of theirs
	forgets  bool      // its verdict must not be kept: nobody waits for it who could invalidate it
	since    time.Time // likewise if it was asked for until then: that was invalidated, or a newer one came before it
	sentAt   time.Time // zero while gathering
	large    bool      // gathers with those of large calls
	place    float64   // among those that were gathered with it, from 0 to 1
	batch    *batch    // nil while gathering

	first   *waiter // of those that wait
	offered bool    // asking failed once, and held may be answered meanwhile

	// What came of it; fixed once the waiters are woken.
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
