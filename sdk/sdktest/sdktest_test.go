package sdktest_test

import (
	"testing"
	"testing/synctest"

	"ms2.internal/lb/sdk/sdktest"
)

func TestItSaysWhatTheMapSays(t *testing.T) {
	ms2 := sdktest.New(t, map[string]bool{"a": true, "b": false})
	for sid, want := range map[string]bool{"a": true, "b": false, "c": false} {
		if v, err := ms2.Client().Validate(t.Context(), sid); err != nil || v.Valid != want {
			t.Errorf("%s: valid %t, %v; want %t", sid, v.Valid, err, want)
		}
	}
	if got := ms2.Requests(); got != 3 {
		t.Errorf("%d requests, want 3", got)
	}
}

func TestAChangeShowsAtOnce(t *testing.T) {
	ms2 := sdktest.New(t, nil)
	for _, want := range []bool{false, true, false} {
		ms2.Set("a", want)
		if v, err := ms2.Client().Validate(t.Context(), "a"); err != nil || v.Valid != want {
			t.Errorf("valid %t, %v; want %t", v.Valid, err, want)
		}
	}
}

func TestDownFailsAndUpSucceedsAtOnceInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ms2 := sdktest.New(t, map[string]bool{"a": true})
		for range 3 {
			ms2.SetDown(true)
			for range 10 {
				if v, err := ms2.Client().Validate(t.Context(), "a"); err == nil {
					t.Fatalf("got %+v while it was down", v)
				}
			}
			ms2.SetDown(false)
			if v, err := ms2.Client().Validate(t.Context(), "a"); err != nil || !v.Valid {
				t.Fatalf("got %+v, %v once it was up", v, err)
			}
		}
	})
}
