package fleet_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// utilisation is what share of their capacity the replicas are asked for.
const utilisation = 0.7

// rateFor is how many checks a second use that share of so many replicas.
func rateFor(count int) float64 { return utilisation * float64(count*slots) / service.Seconds() }

// tooLate is from when on checks are not made up for: the process or its machine stood still, and what came upon the
// replicas then would be no 70 %.
const tooLate = 50 * time.Millisecond

// traffic is checks in an open loop: one is made when its time has come, whatever became of those before.
type traffic struct {
	t      *testing.T
	client *sdk.Client
	chance *rand.Rand
	asked  int // so many different SIDs

	checking sync.WaitGroup
	late     time.Duration // at most, by which a check began after its moment
	stood    time.Duration // that was not made up for

	mu         sync.Mutex
	unanswered int64 // guarded by mu
	why        error // guarded by mu: why the last one that got no verdict got none
}

func newTraffic(t *testing.T, client *sdk.Client) *traffic {
	return &traffic{t: t, client: client, chance: rand.New(rand.NewPCG(*seedFlag, 0))}
}

// offer makes checks for so long, at random moments. It does not wait for the last of them.
func (tr *traffic) offer(rate float64, length time.Duration) {
	gap := func() time.Duration { return time.Duration(tr.chance.ExpFloat64() * float64(time.Second) / rate) }
	began := time.Now()
	for due := gap(); due < length; due += gap() {
		_ = pause(tr.t.Context(), time.Until(began.Add(due)))
		late := time.Since(began.Add(due))
		if tr.late = max(tr.late, late); late > tooLate {
			began, tr.stood = began.Add(late), tr.stood+late
		}
		tr.check(func() {})
	}
	_ = pause(tr.t.Context(), time.Until(began.Add(length)))
}

// burst makes checks at once, and returns what waits for the last of them.
func (tr *traffic) burst(size int) (wait func()) {
	var burst sync.WaitGroup
	for range size {
		burst.Add(1)
		tr.check(burst.Done)
	}
	return burst.Wait
}

// check has a SID checked that was not asked before. It does not wait for the verdict, and fails the test when that is wrong.
func (tr *traffic) check(done func()) {
	tr.asked++
	sid := fmt.Sprintf("sid:%d", tr.asked)
	tr.checking.Go(func() {
		defer done()
		v, err := tr.client.Validate(tr.t.Context(), sid)
		switch {
		case err != nil:
			tr.fail(err)
		case v.SID != sid || v.Valid != genuine(sid) || v.Origin != sdk.Fresh:
			tr.t.Errorf("%s: %+v", sid, v)
		}
	})
}

func (tr *traffic) fail(err error) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.unanswered++
	tr.why = err
}

// end waits for the last check, and says how many got no verdict.
func (tr *traffic) end() {
	tr.checking.Wait()
	s := tr.client.Stats()
	tr.t.Logf("%d checks, at most %v late; %d attempts, %d of them retries", tr.asked, tr.late.Round(time.Millisecond), s.Attempts, s.Retries)
	tr.t.Logf("%d checks without a verdict (%.3f %%), the last: %v", tr.unanswered, percent(tr.unanswered, int64(tr.asked)), tr.why)
}

func percent(part, whole int64) float64 { return 100 * float64(part) / float64(max(1, whole)) }

// pause waits for so long, or until ctx ends, and returns its error then.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
