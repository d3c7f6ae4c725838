package main

import (
	"context"
	"errors"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestASeedRepeatsTheArrivals(t *testing.T) {
	same := func(a, b arrival) bool { return a.at == b.at && slices.Equal(a.sids, b.sids) }
	one := schedule(loneLoad, time.Second, 1)
	if !slices.EqualFunc(one, schedule(loneLoad, time.Second, 1), same) {
		t.Error("the same seed draws other arrivals")
	}
	if slices.EqualFunc(one, schedule(loneLoad, time.Second, 2), same) {
		t.Error("another seed draws the same")
	}
}

func TestArrivalsAreAsManyAndAsForgedAsSaid(t *testing.T) {
	all := schedule(load{calls: 1000, sids: 2}, 10*time.Second, 1)
	forged, seen := 0, map[string]bool{}
	for i, a := range all {
		for _, sid := range a.sids {
			if !genuine(sid) {
				forged++
			}
			if seen[sid] || 2*i < acquaintance && !genuine(sid) {
				t.Errorf("call %d asks %s", i, sid)
			}
			seen[sid] = true
		}
	}
	if math.Abs(float64(len(all))-10_000) > 400 || math.Abs(float64(forged)-2_000) > 200 {
		t.Errorf("%d calls, %d forged SIDs", len(all), forged)
	}
}

func TestCallsDoNotWaitForOneAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		arrivals := []arrival{{time.Second, []string{"a"}}, {2 * time.Second, []string{"b"}}}
		outcomes, err := play(t.Context(), time.Now(), arrivals, func([]string) answer {
			time.Sleep(10 * time.Second)
			return answer{failed: 1}
		})
		if err != nil || len(outcomes) != 2 || outcomes[1] != (outcome{at: 2 * time.Second, took: 10 * time.Second, checks: 1, failed: 1}) {
			t.Errorf("got %+v, %v", outcomes, err)
		}
	})
}

func TestCallersGiveUpInTheirWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for callers, want := range map[callers]error{
			patient: context.DeadlineExceeded, hasty: context.DeadlineExceeded, leaving: context.Canceled,
		} {
			ctx, cancel := callers.context(t.Context())
			began := time.Now()
			<-ctx.Done()
			if took := time.Since(began); !errors.Is(ctx.Err(), want) || (callers == patient) != (took > haste) {
				t.Errorf("%v: %v after %v", callers, ctx.Err(), took)
			}
			cancel()
		}
	})
}

// failedAt is a call of one check that failed.
func failedAt(at time.Duration) outcome {
	return outcome{at: at, took: time.Second, checks: 1, failed: 1, example: errors.New(at.String())}
}

func TestFailuresCountByWhenTheirChecksCame(t *testing.T) {
	h := history{onset: 3 * time.Second}
	for _, at := range []time.Duration{1, 3, 8, 9, 14, 15} {
		h.outcomes = append(h.outcomes, failedAt(at*time.Second))
	}
	got := h.measure(&traffic{}, windows{early: 6 * time.Second, late: 10 * time.Second})
	if got.failed != 6 || got.healthy != 1 || got.early != 2 || got.late != 2 || got.then != 4 || got.checks != 5 {
		t.Errorf("got %+v", got)
	}
}

func TestLatenciesAreOfWhatWasAnsweredAfterTheFirstSecond(t *testing.T) {
	var h history
	for i := range 100 {
		h.outcomes = append(h.outcomes, outcome{at: settled, took: time.Duration(i), checks: 1})
	}
	h.outcomes = append(h.outcomes, failedAt(settled), outcome{at: settled - 1, took: time.Hour, checks: 1})
	if p50, p99 := h.latencies(); p50 != 50 || p99 != 99 {
		t.Errorf("got %d and %d", p50, p99)
	}
}

func TestTheShareIsOfRequestsAfterTheFirstSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := history{began: time.Now(), outcomes: []outcome{{checks: 8}}}
		traffic := &traffic{bad: []string{"bad:80"}}
		through := traffic.through(http.NewFileTransport(http.Dir(t.TempDir())))
		for _, host := range []string{"bad:80", "bad:80", "good:80", "bad:80", "good:80", "good:80", "good:80"} {
			r, _ := http.NewRequest(http.MethodGet, "http://"+host+"/", nil)
			answer, err := through.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			time.Sleep(settled / 2)
		}
		if f := h.measure(traffic, windows{}); f.share != 1.0/5 || f.perCheck != 7.0/8 {
			t.Errorf("share %v, %v requests a check", f.share, f.perCheck)
		}
	})
}

func TestEveryTargetCanBeMissed(t *testing.T) {
	l := limits{early: 2, share: 0.02, perCheck: 1.2, p99: 10}
	kept := figures{failed: 2, early: 2, share: 0.02, perCheck: 1.2, p99: 10}
	if missed := kept.judge(l); len(missed) > 0 {
		t.Errorf("misses %v at the limits", missed)
	}
	for c, f := range map[target]figures{
		inHealth: {healthy: 1}, inEarly: {early: 3}, inLate: {late: 1}, inWrong: {wrong: 1},
		inShare: {share: 0.03}, inPerCheck: {perCheck: 1.3}, inP99: {p99: 11},
	} {
		if missed := f.judge(l); len(missed) != 1 || !missed[c] {
			t.Errorf("%+v misses %v, want %v", f, missed, c)
		}
	}
}

func TestNoCheckMayFailEarlyWhereTheBadOneAnswersAtOnce(t *testing.T) {
	for name, want := range map[string]int{"403": 0, "killed": 0, "hangs": anyNumber, "hangs, deadline 150 ms": hastyLimit} {
		k, err := kindNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := k.earlyLimit(); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}

func TestTheTableMarksWhatMissesItsTarget(t *testing.T) {
	bad, _ := kindNamed("403")
	all := []*row{
		{kind: calmKind(), lone: &figures{p99: 4 * time.Millisecond}},
		{kind: bad, lone: &figures{failed: 7, late: 7, p99: 20 * time.Millisecond, says: []string{"ready"}}},
	}
	var out strings.Builder
	if missed := printRows(&out, all, options{}); missed != 2 || !strings.Contains(out.String(), "7!") || !strings.Contains(out.String(), "20.0!") {
		t.Errorf("%d missed\n%s", missed, out.String())
	}
}

func TestLatenciesThatMissAreMeasuredAgainBesideTheCalmFleet(t *testing.T) {
	well := &row{kind: calmKind(), lone: &figures{p99: 4 * time.Millisecond}}
	quick := &row{kind: kind{name: "quick"}, lone: &figures{p99: 9 * time.Millisecond}}
	late := &row{kind: kind{name: "late"}, lone: &figures{p99: 10 * time.Millisecond}}
	if got := tooLate([]*row{well, quick, late}); !slices.Equal(got, []*row{well, late}) {
		t.Errorf("%d rows are played again", len(got))
	}
	if got := tooLate([]*row{well, quick}); len(got) > 0 {
		t.Errorf("%d rows are played again for nothing", len(got))
	}
}

func TestAMeasurementAgainHidesNoFailure(t *testing.T) {
	first, again := &figures{failed: 1, late: 1, p99: 30, share: 0.1}, &figures{wrong: 2, early: 3, p99: 20, perCheck: 2}
	want := figures{failed: 1, late: 1, early: 3, wrong: 2, p99: 20, share: 0.1, perCheck: 2}
	for _, got := range []*figures{first.with(again), again.with(first)} {
		if got.failed != want.failed || got.late != want.late || got.early != want.early || got.wrong != want.wrong ||
			got.p99 != want.p99 || got.share != want.share || got.perCheck != want.perCheck {
			t.Errorf("got %+v", got)
		}
	}
}
