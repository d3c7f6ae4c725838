package consul

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/cenkalti/backoff/v4"

	"ms2.internal/lb/discovery"
)

// watcher is the state of one call of Watch, used by its goroutine alone.
type watcher struct {
	source   *Source
	index    uint64 // what the next query waits on; 0: it does not wait
	belief   belief
	report   report
	throttle throttle
	backoff  *backoff.ExponentialBackOff
}

func newWatcher(s *Source, update func(discovery.Snapshot)) *watcher {
	return &watcher{
		source:  s,
		belief:  belief{grace: s.config.EmptyGrace},
		report:  report{update: update, service: s.config.Service, agent: s.agent.name},
		backoff: newBackoff(),
	}
}

// round asks once, tells what came of it, and rests as long as the agent needs.
func (w *watcher) round(ctx context.Context) {
	a, err := w.learn(ctx)
	switch {
	case ctx.Err() != nil:
		return
	case err != nil:
		w.fail(err)
		pause(ctx, w.backoff.NextBackOff())
	default:
		w.backoff.Reset()
		w.accept(a)
		if !a.canBlock() {
			pause(ctx, pollInterval-a.took)
		}
	}
}

// learn asks for news. An answer that is hard to believe is asked for again, without blocking, and the second one counts.
func (w *watcher) learn(ctx context.Context) (answer, error) {
	a, err := w.ask(ctx, w.nextQuestion(time.Now()))
	if err != nil || !w.belief.doubts(a.instances) {
		return a, err
	}
	w.report.confirmations++
	return w.ask(ctx, question{})
}

func (w *watcher) ask(ctx context.Context, q question) (answer, error) {
	pause(ctx, w.throttle.reserve(time.Now()))
	return w.source.query(ctx, q)
}

// nextQuestion blocks for 80 to 100 % of the configured wait, or for what is left of a grace, so that the answer that
// ends it comes in time.
func (w *watcher) nextQuestion(now time.Time) question {
	if w.index == 0 {
		return question{}
	}
	wait := w.source.config.Wait
	wait -= rand.N(wait / 5)
	if until := w.belief.until(); !until.IsZero() {
		wait = min(wait, max(until.Sub(now), 0)+time.Millisecond) // sent in whole milliseconds
	}
	return question{index: w.index, wait: wait}
}

// accept takes a confirmed answer into use, or holds the last good set through the grace.
func (w *watcher) accept(a answer) {
	w.index = a.nextIndex()
	now := time.Now()
	if w.belief.hold(a.instances, now) {
		w.report.held(len(w.belief.known), a, w.belief.until())
		return
	}
	var set []discovery.Instance
	if w.belief.adopt(a.instances) {
		set = a.instances
	}
	w.report.confirmed(set, a, now)
}

// fail keeps the set in use and starts anew: the agent's index may have been lost with it, and a connection that went
// silent must not carry the next query too.
func (w *watcher) fail(err error) {
	w.index = 0
	w.belief.shaken()
	w.source.agent.http.CloseIdleConnections()
	w.report.failed(err, time.Now())
}
