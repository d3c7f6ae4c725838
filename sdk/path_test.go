package sdk_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

func TestACheckBringsWhatMS2Says(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(answering(func(i protocol.Item) protocol.Result {
			if i.SID == "usb:046d" {
				return protocol.Result{Status: "valid", Kind: "vendor", Version: "7", MaxAge: 60}
			}
			return protocol.Result{Status: "invalid"}
		}))
		c, start := f.client(), time.Now()
		v := expect(t, c, "usb:046d", true, sdk.Fresh)
		if v.Kind != "vendor" || v.Version != "7" || !v.Expires.Equal(start.Add(time.Minute)) {
			t.Errorf("got %+v", v)
		}
		expect(t, c, "usb:forged", false, sdk.Fresh)
	}, "a", "b")
}

func TestAMalformedSIDIsNotSent(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := f.client()
		for _, sid := range []string{"", ".", "..", "a b", "ü", "a\x00", strings.Repeat("a", 257)} {
			err := refuses(t, c, sid, sdk.ErrMalformedSID)
			var check *sdk.CheckError
			if !errors.As(err, &check) || check.SID != sid {
				t.Errorf("%q: got %v", sid, err)
			}
		}
		if f.requests() != 0 {
			t.Errorf("%d requests", f.requests())
		}
		expect(t, c, strings.Repeat("~", 256), true, sdk.Fresh)
	}, "a")
}

func TestAVerdictIsFreshForExactlyItsMaxAge(t *testing.T) {
	for _, status := range []protocol.Status{"valid", "invalid"} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(results(status, 60, 0, 0))
			c := f.client()
			first := expect(t, c, "a", status == "valid", sdk.Fresh)
			<-time.After(time.Minute - 1)
			v := expect(t, c, "a", status == "valid", sdk.Cached)
			if !v.Expires.Equal(first.Expires) || f.requests() != 1 {
				t.Errorf("expires %v, then %v; %d requests", first.Expires, v.Expires, f.requests())
			}
			<-time.After(1)
			expect(t, c, "a", status == "valid", sdk.Fresh)
		}, "a")
	}
}

func TestAgeCountsFromWhenItWasAsked(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(300*time.Millisecond, results("valid", 1, 0, 0)))
		c := f.client()
		expect(t, c, "a", true, sdk.Fresh)
		<-time.After(700*time.Millisecond - 1)
		expect(t, c, "a", true, sdk.Cached)
		<-time.After(1)
		expect(t, c, "a", true, sdk.Fresh)
	}, "a")
}

func TestAVerdictWithoutAgeIsNotKept(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("valid", 0, 0, 0))
		c := f.client()
		expect(t, c, "a", true, sdk.Fresh)
		expect(t, c, "a", true, sdk.Fresh)
		if n := c.Stats().Cache.Entries; n != 0 || f.requests() != 2 {
			t.Errorf("%d entries, %d requests", n, f.requests())
		}
	}, "a")
}

func TestMaxAgeOfTheConfigurationCapsEachPeriod(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("valid", 1_000_000, 0, 1_000_000))
		c := f.client(func(cfg *sdk.Config) { cfg.MaxAge = 10 * time.Second })
		expect(t, c, "a", true, sdk.Fresh)
		f.all(status(500))
		<-time.After(10*time.Second - 1)
		expect(t, c, "a", true, sdk.Cached)
		<-time.After(1)
		expect(t, c, "a", true, sdk.Stale)
		<-time.After(10 * time.Second)
		refuses(t, c, "a", nil)
	}, "a")
}

func TestWithoutACacheEachCheckIsAsked(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("valid", 60, 60, 60))
		c := f.client(func(cfg *sdk.Config) { cfg.CacheEntries = sdk.Off })
		for range 3 {
			expect(t, c, "a", true, sdk.Fresh)
		}
		f.all(status(500))
		refuses(t, c, "a", nil)
		c.Invalidate("a")
		if c.Stats().Cache != nil {
			t.Error("stats of a cache that is off")
		}
	}, "a")
}

func TestUnchangedRenewsTheVerdict(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(answering(func(i protocol.Item) protocol.Result {
			if i.Version == "7" {
				return protocol.Result{Status: "unchanged", MaxAge: 5}
			}
			return protocol.Result{Status: "valid", Kind: "vendor", Version: "7", MaxAge: 1}
		}))
		c := f.client()
		for i, want := range []sdk.Origin{sdk.Fresh, sdk.Fresh, sdk.Cached, sdk.Cached, sdk.Cached, sdk.Cached, sdk.Fresh} {
			if v := expect(t, c, "a", true, want); v.Kind != "vendor" || v.Version != "7" {
				t.Errorf("after %d s: got %+v", i, v)
			}
			<-time.After(time.Second)
		}
	}, "a")
}

func TestACheckEndsWithItsCaller(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(hang)
		c := f.client()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		start := time.Now()
		if _, err := c.Validate(ctx, "a"); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		took(t, start, 0)
		if f.requests() != 0 {
			t.Error("asked for a caller that had left")
		}
	}, "a")
}

func TestWhatCameTogetherDoesNotExpireTogetherNorLate(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("valid", 100, 0, 0))
		c, start := f.client(), time.Now()
		const set = 100
		checks := make([]sdk.Check, set)
		for i := range checks {
			checks[i].SID = strconv.Itoa(i)
		}
		vs, err := c.ValidateAll(t.Context(), checks)
		if err != nil || f.requests() != 1 {
			t.Fatal(err, f.requests())
		}
		at := map[time.Duration]bool{}
		for _, v := range vs {
			age := v.Expires.Sub(start)
			if at[age] = true; age > 100*time.Second || age <= 90*time.Second {
				t.Errorf("%s expires after %v", v.SID, age)
			}
		}
		if len(at) != set {
			t.Errorf("%d different times", len(at))
		}
		for i := set - 1; i > 0; i-- {
			<-time.After(time.Until(vs[i].Expires))
			expect(t, c, vs[i].SID, true, sdk.Fresh)
			expect(t, c, vs[i-1].SID, true, sdk.Cached)
		}
	}, "a")
}
