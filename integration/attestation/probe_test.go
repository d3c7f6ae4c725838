package attestation_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"ms2.internal/lb/sdk"
)

// kinds are those of the checks that are measured.
var kinds = []string{"attested", "remembered", "cached", "asked"}

// sample is how long one check took.
type sample struct {
	due  time.Duration // from when it was due: the wait for a core counts
	call time.Duration // from when it was called
}

// probes are the checks of each kind.
type probes map[string][]sample

// add adds what was measured later.
func (p probes) add(more probes) {
	for kind, took := range more {
		p[kind] = append(p[kind], took...)
	}
}

// percentile is that of one of the two times.
func (p probes) percentile(kind string, percent int, of func(sample) time.Duration) time.Duration {
	sorted := make([]time.Duration, len(p[kind]))
	for i, s := range p[kind] {
		sorted[i] = of(s)
	}
	if len(sorted) == 0 {
		return 0
	}
	slices.Sort(sorted)
	return sorted[len(sorted)*percent/100]
}

// probe makes checks of every kind, one a millisecond side by side, while a function runs.
func (w *world) probe(during func()) probes {
	end := make(chan struct{})
	var group sync.WaitGroup
	took := make([][]sample, len(kinds))
	for i, kind := range kinds {
		group.Go(func() { took[i] = w.checks(kind, end) })
	}
	during()
	close(end)
	group.Wait()
	all := probes{}
	for i, kind := range kinds {
		all[kind] = took[i]
	}
	return all
}

// checks makes checks of a kind until the end.
func (w *world) checks(kind string, end <-chan struct{}) (took []sample) {
	ticks := time.NewTicker(time.Millisecond)
	defer ticks.Stop()
	held := w.token("sid-" + kind)
	for n := 0; ; n++ {
		select {
		case <-end:
			return took
		case due := <-ticks.C:
			late := time.Since(due)
			call := w.one(kind, held, n)
			took = append(took, sample{late + call, call})
		}
	}
}

// one makes one check, and returns how long it took. What is no part of it is done before.
func (w *world) one(kind, held string, n int) time.Duration {
	sid, want, opt := "sid-"+kind, sdk.Attested, sdk.AttestedBy(held)
	switch kind {
	case "attested": // a token that is new, of a SID that is
		sid = fmt.Sprint("sid-", time.Now().UnixNano())
		opt = sdk.AttestedBy(w.token(sid))
	case "cached":
		want, opt = sdk.Cached, sdk.AttestedBy("")
	case "asked":
		want, opt = sdk.Fresh, sdk.NoCache()
	}
	began := time.Now()
	v, err := w.client.Validate(w.Context(), sid, opt)
	took := time.Since(began)
	if err != nil || !v.Valid || v.Origin != want && (kind != "cached" || n > 0) {
		w.Errorf("%s: %+v, %v", kind, v, err)
	}
	return took
}

// beside tells how long checks took in one situation, and how many times as long as in another.
func (w *world) beside(what string, now, other probes) {
	var text strings.Builder
	for _, from := range []struct {
		name string
		of   func(sample) time.Duration
	}{{"from when due", func(s sample) time.Duration { return s.due }}, {"from the call", func(s sample) time.Duration { return s.call }}} {
		for _, kind := range kinds {
			fmt.Fprintf(&text, "\n%s %12s", from.name, kind)
			for _, percent := range []int{50, 99} {
				this, that := now.percentile(kind, percent, from.of), other.percentile(kind, percent, from.of)
				fmt.Fprintf(&text, "   p%d %7.0f µs of %7.0f: %6.2fx", percent, micros(this), micros(that), float64(this)/float64(that))
			}
			fmt.Fprintf(&text, "   %d checks", len(now[kind]))
		}
	}
	w.Logf("%s:%s", what, text.String())
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
