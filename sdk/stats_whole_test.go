package sdk_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"ms2.internal/lb/sdk"
)

// What holds of any statistics, and of two that follow each other.

// wantWhole fails the test unless the statistics make JSON, and what adds up does.
func wantWhole(t testing.TB, s sdk.Stats) {
	t.Helper()
	body, err := json.Marshal(s)
	if err != nil || !json.Valid(body) {
		t.Errorf("%v: %s", err, body)
	}
	if n := added(s.Checks.FailedBy); n != s.Checks.Failed {
		t.Errorf("%d failed, by reasons %d", s.Checks.Failed, n)
	}
	for _, r := range s.Replicas {
		if n := added(r.ByKind); n < r.Failures-32 || n > r.Failures+32 { // those that end while it is read
			t.Errorf("%s: %d failures, by kind %d", r.ID, r.Failures, n)
		}
	}
	if s.Summary == "" || s.Problems == nil || s.Replicas == nil || s.Events == nil {
		t.Errorf("%+v", s)
	}
	wantSeqs(t, s.Events)
}

// added adds up the counts of a struct.
func added(v any) (n int64) {
	for i := range reflect.ValueOf(v).NumField() {
		n += reflect.ValueOf(v).Field(i).Int()
	}
	return n
}

// wantNoLess fails the test when a total is less than it was.
func wantNoLess(t testing.TB, before, now sdk.Stats) {
	t.Helper()
	was := totals(before)
	for name, n := range totals(now) {
		if n < was[name] {
			t.Errorf("%s was %d and is %d", name, was[name], n)
		}
	}
}

// totals are the counts that never go down, by name.
func totals(s sdk.Stats) map[string]int64 {
	all := map[string]int64{}
	for _, part := range []any{
		s.Checks, s.Checks.FailedBy, s.Extra, s.Outcomes, s.Failures, s.Ejections, s.Breakers, s.Logs,
		struct{ Batches, Attempts, Retries, Refusals, Changes, Failures int64 }{
			s.Batches, s.Attempts, s.Retries, s.BudgetRefusals, s.Discovery.Changes, s.Discovery.Failures,
		},
	} {
		v := reflect.ValueOf(part)
		for i := range v.NumField() {
			if v.Field(i).CanInt() {
				all[fmt.Sprintf("%T.%s", part, v.Type().Field(i).Name)] = v.Field(i).Int()
			}
		}
	}
	return all
}
