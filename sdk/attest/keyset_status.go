package attest

import (
	"maps"
	"slices"
	"time"

	"ms2.internal/lb/sdk"
)

// status is what an operator is told of the keys.
type status struct {
	source    string
	confirmed time.Time // zero: never
	fetches   int64
	trouble   string // why they could not be confirmed since; "" when they could
	dropped   []string
}

// note changes the status.
func (r *keyring) note(change func(*status)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.status)
}

// stats describes the keys in use, and how they were come by.
func (r *keyring) stats() sdk.KeyStats {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := sdk.KeyStats{
		Source:  r.status.source,
		IDs:     slices.AppendSeq([]string{}, maps.Keys(r.current())),
		Fetches: r.status.fetches,
		Dropped: append([]string{}, r.status.dropped...),
	}
	slices.Sort(s.IDs)
	if !r.status.confirmed.IsZero() {
		seconds := age(r.status.confirmed, time.Now()).Seconds()
		s.AgeSeconds = &seconds
	}
	if trouble := r.status.trouble; trouble != "" {
		s.Error = &trouble
	}
	return s
}

// age is the time from then to now by whichever clock, wall or monotonic, says more: the monotonic one stands while a machine is
// suspended, and the wall clock may be set back. Nothing prolongs a life that is measured by it.
func age(then, now time.Time) time.Duration {
	return max(now.Sub(then), time.Duration(now.UnixNano()-then.UnixNano()))
}
