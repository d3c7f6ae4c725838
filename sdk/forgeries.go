package sdk

import (
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"ms2.internal/lb/sdk/internal/hook"
)

// forgeries tells the log of forged tokens: of the first at once, of more once a minute with their number.
type forgeries struct {
	log    *logger
	unseen sync.Once // tells of tokens that nothing verifies
	faulty sync.Once // tells of a verifier that panics

	mu     sync.Mutex       // locked for a whole method, by defer
	untold map[string]int64 // by reason; guarded by mu
	timer  *time.Timer      // runs while a minute does; nil before the first; guarded by mu
	closed bool             // guarded by mu
}

// forgeryPause is the time between two records.
const forgeryPause = time.Minute

// mostReasons bounds the words that are counted by: a verifier of the adopter's may have any number.
const mostReasons = 32

// otherReason is for all others.
const otherReason = "other"

// note counts a forged token.
func (f *forgeries) note(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.untold == nil {
		f.untold = map[string]int64{}
	}
	reason := reasonOf(err)
	if _, known := f.untold[reason]; !known && len(f.untold) >= mostReasons {
		reason = otherReason
	}
	f.untold[reason]++
	if f.timer == nil && !f.closed {
		f.tellLocked()
	}
}

// fault tells of a verifier that panicked, without what it panicked with, and not again.
func (f *forgeries) fault(fault *hook.Fault) {
	f.faulty.Do(func() {
		f.log.log(slog.LevelError, "ms2: a token could not be verified; MS2 is asked instead, here and where it happens again",
			slog.String("error", fault.Summary()))
	})
}

// reasonOf is the word for why a token is forged.
func reasonOf(err error) string {
	var why *AttestationError
	if errors.As(err, &why) {
		return why.Reason
	}
	return otherReason
}

// tellLocked logs what was not told, and waits for more.
func (f *forgeries) tellLocked() {
	f.logLocked()
	f.timer = time.AfterFunc(forgeryPause, f.tell)
}

func (f *forgeries) logLocked() {
	count, reasons := int64(0), make([]any, 0, len(f.untold))
	for _, reason := range slices.Sorted(maps.Keys(f.untold)) {
		count += f.untold[reason]
		reasons = append(reasons, slog.Int64(reason, f.untold[reason]))
	}
	f.log.log(slog.LevelWarn, "ms2: forged attestations were refused", slog.Int64("count", count), slog.Group("reasons", reasons...))
	clear(f.untold)
}

// tell is the end of a pause.
func (f *forgeries) tell() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.timer = nil
	if len(f.untold) > 0 && !f.closed {
		f.tellLocked()
	}
}

// close tells what was not told, and ends.
func (f *forgeries) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed = true; f.timer != nil {
		f.timer.Stop()
	}
	if len(f.untold) > 0 {
		f.logLocked()
	}
}
