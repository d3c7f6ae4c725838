package consul

import (
	"context"
	"sync"
	"time"
)

// outcome is what came of one query.
type outcome struct {
	answer answer
	err    error
}

// ask sends one query and waits for what comes of it. One that blocks is attended: it says nothing for as long as a
// minute, whether all is well or nothing is.
func (w *watcher) ask(ctx context.Context, q question) (answer, error) {
	if q.index != 0 {
		return w.attend(ctx, q)
	}
	o := w.after(ctx, w.site.agent.throttle.reserve(time.Now()), q)
	if o.err == nil {
		w.probing.passed(time.Now())
	}
	if o.err == nil && w.report.fault != "" {
		w.probing.next(time.Now(), staleAfter+time.Second) // what failed may have been the leader
	}
	return o.answer, o.err
}

// after asks q after the pause that the throttle wants.
func (w *watcher) after(ctx context.Context, wait time.Duration, q question) outcome {
	pause(ctx, wait)
	a, err := w.site.query(ctx, q)
	return outcome{a, err}
}

// attend waits for the answer to q and probes from time to time. It gives up q, with errStuck, when the probes say that
// its answer is overdue. No query outlives it.
func (w *watcher) attend(ctx context.Context, q question) (answer, error) {
	ctx, cancel := context.WithCancel(ctx)
	var sent sync.WaitGroup
	defer sent.Wait()
	defer cancel()
	answered := w.send(ctx, q, &sent)
	due := time.NewTimer(time.Until(w.probing.due))
	defer due.Stop()
	var probed <-chan outcome
	for {
		select {
		case o := <-answered:
			return o.answer, o.err
		case <-due.C:
			w.report.probes++
			w.probing.passed(time.Now())
			probed = w.send(ctx, question{probe: true}, &sent)
		case o := <-probed:
			if w.weigh(q, o, time.Now()) {
				return answer{}, errStuck
			}
			due.Reset(time.Until(w.probing.due))
		}
	}
}

// send asks q beside the caller, in its turn.
func (w *watcher) send(ctx context.Context, q question, sent *sync.WaitGroup) <-chan outcome {
	wait := w.site.agent.throttle.reserve(time.Now())
	done := make(chan outcome, 1)
	sent.Go(func() { done <- w.after(ctx, wait, q) })
	return done
}
