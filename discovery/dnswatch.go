package discovery

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// dnsRetry is the pause after the first look-up that failed; it doubles up to the period.
const dnsRetry = time.Second

// dnsWatch is the state of one call of Watch.
type dnsWatch struct {
	config        DNSConfig
	report        report
	confirmations int
	retry         time.Duration // the last pause after a failure; 0 after an answer
	emptySince    time.Time     // when it was confirmed that the name has no record; zero: it was not
}

func newDNSWatch(config DNSConfig, update func(Snapshot)) *dnsWatch {
	return &dnsWatch{config: config, report: report{update: update, source: "dns " + config.Name}}
}

// round looks the name up, tells what came of it, and says how long to rest.
func (w *dnsWatch) round(ctx context.Context) time.Duration {
	a, err := w.learn(ctx)
	switch {
	case ctx.Err() != nil:
		return 0
	case err != nil:
		return w.fail(err)
	}
	w.retry = 0
	return w.accept(a, time.Now())
}

// learn asks. An empty answer is asked for again, and the second one counts.
func (w *dnsWatch) learn(ctx context.Context) (dnsAnswer, error) {
	a, err := w.config.lookup(ctx)
	if err != nil || !w.doubts(a) {
		return a, err
	}
	w.confirmations++
	return w.config.lookup(ctx)
}

func (w *dnsWatch) doubts(a dnsAnswer) bool {
	return len(a.instances) == 0 && len(w.report.set) > 0 && w.emptySince.IsZero()
}

// accept takes a confirmed answer into use, or holds the last good set through the grace.
func (w *dnsWatch) accept(a dnsAnswer, now time.Time) time.Duration {
	if until, held := w.hold(a, now); held {
		w.describe(fmt.Sprintf("the name has no record; the last %d instances stay in use until %s", len(w.report.set), until.UTC().Format(time.RFC3339)))
		w.report.held(a.dropped)
		return min(jittered(w.config.Every), until.Sub(now))
	}
	w.describe("")
	w.report.confirmed(a.instances, a.dropped)
	return jittered(w.config.Every)
}

// hold says whether and until when the last good set stays in use. The grace begins with the first empty answer and ends
// with the first other one.
func (w *dnsWatch) hold(a dnsAnswer, now time.Time) (until time.Time, held bool) {
	if len(a.instances) > 0 || len(w.report.set) == 0 {
		w.emptySince = time.Time{}
		return time.Time{}, false
	}
	if w.emptySince.IsZero() {
		w.emptySince = now
	}
	until = w.emptySince.Add(w.config.EmptyGrace)
	return until, now.Before(until)
}

// fail keeps the set in use. After it an empty answer has to be confirmed again.
func (w *dnsWatch) fail(err error) time.Duration {
	w.emptySince = time.Time{}
	w.describe("")
	w.report.failed(err)
	w.retry = min(max(2*w.retry, dnsRetry), w.config.Every)
	return jittered(w.retry)
}

func (w *dnsWatch) describe(grace string) {
	w.report.detail = map[string]string{"confirmations": strconv.Itoa(w.confirmations)}
	if grace != "" {
		w.report.detail["grace"] = grace
	}
}
