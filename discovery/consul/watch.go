package consul

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/cenkalti/backoff/v4"

	"ms2.internal/lb/discovery"
)

// watcher is the state of the watch of one datacenter during one call of Watch, used by one goroutine alone.
type watcher struct {
	site    site
	index   uint64        // what the next query waits on; 0: it does not wait
	wait    time.Duration // how long the next query may wait
	belief  belief
	report  report
	probing probing
	backoff *backoff.ExponentialBackOff
}

func newWatcher(s site, update func(discovery.Snapshot)) *watcher {
	return &watcher{
		site: s, wait: s.config.Wait, backoff: newBackoff(),
		belief: belief{grace: s.config.EmptyGrace, trustEmpty: s.config.TrustEmpty},
		report: report{update: update, site: s},
	}
}

// run watches until ctx ends.
func (w *watcher) run(ctx context.Context) {
	for ctx.Err() == nil {
		w.round(ctx)
	}
}

// round asks once, tells what came of it, and rests as long as the agent needs.
func (w *watcher) round(ctx context.Context) {
	a, err := w.learn(ctx)
	switch {
	case ctx.Err() != nil:
		return
	case errors.Is(err, errStuck):
		w.report.restarts++
		w.restart()
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
	if err == nil && w.belief.doubts(a) {
		w.report.confirmations++
		a, err = w.ask(ctx, question{})
	}
	if err == nil && w.belief.refuses(a) {
		err = w.site.agent.fault(w.site.config.Service, hidden(len(a.instances), len(w.belief.known)))
	}
	return a, err
}

// nextQuestion blocks for 80 to 100 % of the wait, or for what is left of a grace, so that the answer that ends it comes
// in time.
func (w *watcher) nextQuestion(now time.Time) question {
	if w.index == 0 {
		return question{}
	}
	wait := w.wait - rand.N(w.wait/5)
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
	changed := w.belief.adopt(a)
	w.report.masked = w.belief.masked
	w.rely(a, changed)
	var set []discovery.Instance
	if changed {
		set = a.instances
	}
	w.report.confirmed(set, a, now)
}

// rely lets the next query wait twice as long as the last one, but after an odd answer only shortly. An agent that counts
// the index wrongly now may count it right, and lower, in a moment; then the change that is waited for never comes.
func (w *watcher) rely(a answer, changed bool) {
	idle := a.asked.index != 0 && a.early() && !changed
	w.wait = min(2*w.wait, w.site.config.Wait)
	if idle || a.wentBack() || !a.canBlock() {
		w.wait = shortWait
	}
}

// fail keeps the set in use and starts over: the agent's index may have been lost with it, and a connection that went
// silent must not carry the next query too.
func (w *watcher) fail(err error) {
	w.restart()
	w.belief.shaken()
	w.site.agent.http.CloseIdleConnections()
	w.report.failed(err, time.Now())
}

// restart makes the next query answer at once, and the one after it wait shortly.
func (w *watcher) restart() { w.index, w.wait = 0, min(shortWait, w.site.config.Wait) }
