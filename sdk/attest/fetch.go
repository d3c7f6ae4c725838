package attest

import (
	"context"
	"maps"
	"math/rand/v2"
	"time"

	"github.com/cenkalti/backoff/v4"
)

const (
	// cooldown is how long after an attempt that failed, or was made for an unknown key, another key that is unknown brings none.
	cooldown = 30 * time.Second

	// confirmGap is how far apart two fetches are that lack a key before it goes: in a rollout one replica may not have it yet.
	confirmGap = 30 * time.Second

	// maxUnconfirmed is how long keys are used after the last good fetch.
	maxUnconfirmed = 24 * time.Hour

	// glance is how often the wall clock is looked at. Timers stand while a machine is suspended.
	glance = 10 * time.Second
)

// fetcher keeps the keys that MS2 serves. All of it runs on the goroutine of run; others only wake it.
type fetcher struct {
	keeper
	exchange exchange
	backoff  *backoff.ExponentialBackOff // before the first set

	good    time.Time       // when the set in use was last asked for with success; zero: there is none
	set     map[string]*key // what MS2 serves; the ring has those beside it that lack
	dropped []string        // what of the set was left out
	tag     string          // its ETag
	life    time.Duration   // how long it is fresh
	renewal time.Duration   // how long after good it is fetched again

	lacks   map[string]time.Time // keys in use that the set does not have, and since when
	failing bool                 // the last attempt failed
	retry   time.Time            // when the next is made then
	quiet   time.Time            // until when an unknown key brings no attempt
	woken   bool                 // the attempt is made for an unknown key
}

// run fetches until ctx ends.
func (f *fetcher) run(ctx context.Context) {
	f.backoff, f.lacks = newBackoff(), map[string]time.Time{}
	for ctx.Err() == nil {
		f.attempt(ctx)
		for ctx.Err() == nil && f.wait(ctx) {
		}
	}
}

// newBackoff is 250 ms at first and doubles, and never above 30 s, 20 % of jitter included.
func newBackoff() *backoff.ExponentialBackOff {
	return backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(250*time.Millisecond),
		backoff.WithMultiplier(2),
		backoff.WithRandomizationFactor(0.2),
		backoff.WithMaxInterval(25*time.Second),
		backoff.WithMaxElapsedTime(0),
	)
}

// attempt fetches once. Unknown keys that were seen until its end have their answer by it.
func (f *fetcher) attempt(ctx context.Context) {
	now := time.Now()
	f.heard()
	had := !f.good.IsZero()
	forced := had && f.woken
	a, err := f.exchange.ask(ctx, f.tag, forced || f.failing || len(f.lacks) > 0)
	if ctx.Err() != nil {
		return // nobody waits for the keys any more: that is no failure
	}
	f.ring.note(func(s *status) { s.fetches++ })
	if err == nil {
		err = f.accept(a, now)
	}
	if f.failing = err != nil; forced || had && f.failing {
		f.quiet = now.Add(cooldown)
	}
	if f.failing {
		f.failed(err)
		f.retry = f.nextTry(now)
	}
	f.heard()
	f.woken = false
}

// heard takes the word that a key was unknown, if there is one.
func (f *fetcher) heard() {
	select {
	case <-f.ring.wake:
		f.woken = true
	default:
	}
}

// nextTry is when to try again after a failure: with keys in use there is no hurry.
func (f *fetcher) nextTry(now time.Time) time.Time {
	if f.good.IsZero() {
		return time.Now().Add(f.backoff.NextBackOff())
	}
	return now.Add(cooldown + time.Duration(rand.Int64N(int64(cooldown/5))))
}

// accept takes a good answer to a request of a time. What it lacks stays in use until a second one lacks it.
func (f *fetcher) accept(a *answer, now time.Time) error {
	if !a.unchanged {
		set, dropped, err := f.parse(a.body, true)
		if err != nil {
			return err
		}
		f.set, f.dropped, f.tag = set, dropped, a.tag
	}
	if a.told || !a.unchanged {
		f.life = a.life
	}
	f.good = now
	f.renewal = f.life*7/10 + time.Duration(rand.Int64N(int64(f.life/10)))
	f.backoff.Reset()
	f.use(f.merge(now))
	f.confirmed(now, f.dropped)
	return nil
}

// merge is the set, and beside it those keys in use that it lacks for too short a time.
func (f *fetcher) merge(now time.Time) map[string]*key {
	keys, lacks := maps.Clone(f.set), map[string]time.Time{}
	for id, k := range f.ring.current() {
		if keys[id] != nil {
			continue
		}
		since, before := f.lacks[id]
		if !before {
			since = now
		}
		if now.Sub(since) < confirmGap {
			keys[id], lacks[id] = k, since
		}
	}
	f.lacks = lacks
	return keys
}
