package attest

import (
	"context"
	"log/slog"
	"time"
)

// wait waits until the next attempt is due, and reports false then. It looks up every now and then, and reports true.
func (f *fetcher) wait(ctx context.Context) bool {
	now := time.Now()
	f.expire(now)
	due := f.due(now)
	if due <= 0 {
		return false
	}
	wake, pause := f.wakeable(now)
	timer := time.NewTimer(min(due, pause))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-wake:
		f.woken = true
		return false
	case <-timer.C:
	}
	return true
}

// due is how long it is until the next attempt, unknown keys aside.
func (f *fetcher) due(now time.Time) time.Duration {
	if f.failing {
		return f.retry.Sub(now)
	}
	due := f.renewal - age(f.good, now)
	for _, since := range f.lacks {
		due = min(due, since.Add(confirmGap).Sub(now))
	}
	return due
}

// wakeable is where to hear of unknown keys, and for how long at most until the next look. Before the first set they are no reason:
// all keys are unknown then.
func (f *fetcher) wakeable(now time.Time) (wake <-chan struct{}, pause time.Duration) {
	if f.good.IsZero() {
		return nil, glance
	}
	pause = min(glance, maxUnconfirmed-age(f.good, now))
	if left := f.quiet.Sub(now); left > 0 {
		return nil, min(pause, left)
	}
	return f.ring.wake, pause
}

// expire takes all keys out of use when they have not been confirmed for a day by either clock. After a suspended machine wakes up it
// comes at the next glance, and during a fetch at its end. What MS2 serves then is new, and what the old keys verified stays forgotten.
func (f *fetcher) expire(now time.Time) {
	if f.good.IsZero() || age(f.good, now) < maxUnconfirmed {
		return
	}
	f.log(slog.LevelError, "ms2: attestation keys are out of use: they could not be confirmed for a day")
	f.use(map[string]*key{})
	f.ring.keys.Store(nil)
	f.good, f.tag, f.lacks = time.Time{}, "", map[string]time.Time{}
	f.failing, f.retry = true, now // without keys there is a hurry
}
