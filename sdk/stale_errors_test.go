package sdk_test

import (
	"context"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// expired is a client that holds a verdict on the SID "a" which may be answered on errors alone.
func expired(t *testing.T, f *fleet, version string, changes ...func(*sdk.Config)) *sdk.Client {
	f.all(versioned("valid", version, 1, 0, 60))
	c := f.client(changes...)
	expect(t, c, "a", true, sdk.Fresh)
	<-time.After(time.Second)
	return c
}

func TestStaleCoversEveryWayOfFailing(t *testing.T) {
	ways := map[string]func(*fleet){
		"refused": func(f *fleet) { f.replicas["a"].listener.SetDown(true) },
		"500":     func(f *fleet) { f.all(status(500)) },
		"502":     func(f *fleet) { f.all(status(502)) },
		"503":     func(f *fleet) { f.all(status(503)) },
		"504":     func(f *fleet) { f.all(status(504)) },
		"timeout": func(f *fleet) { f.all(hang) },
		"429":     func(f *fleet) { f.all(status(429, "Retry-After", "1")) },
		"shed":    func(f *fleet) { f.all(status(503, "Retry-After", "3600")) },
		"garbage": func(f *fleet) { f.all(raw("<html>")) },
	}
	for name, fail := range ways {
		for _, version := range []string{"", "7"} {
			t.Run(name+"/"+version, func(t *testing.T) {
				inBubble(t, func(t *testing.T, f *fleet) {
					c := expired(t, f, version)
					fail(f)
					if v := expect(t, c, "a", true, sdk.Stale); v.Version != version || v.Expires.After(time.Now()) {
						t.Errorf("got %+v", v)
					}
				}, "a")
			})
		}
	}
}

func TestStaleCoversOpenBreakers(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := expired(t, f, "", func(cfg *sdk.Config) { cfg.BreakerFailures = 1 })
		f.all(status(500))
		refuses(t, c, "b", nil)
		before, start := f.requests(), time.Now()
		expect(t, c, "a", true, sdk.Stale)
		took(t, start, 0)
		if f.requests() != before {
			t.Error("asked through an open breaker")
		}
	}, "a", "b")
}

func TestStaleNeverHidesARefusal(t *testing.T) {
	for _, code := range []int{401, 403, 404, 410, 400, 413, 422, 418} {
		for _, protocol := range []string{"auto", "batch", "single"} {
			inBubble(t, func(t *testing.T, f *fleet) {
				c := expired(t, f, "7", func(cfg *sdk.Config) { cfg.Protocol = protocol })
				f.all(status(code))
				for range 3 {
					refuses(t, c, "a", nil)
				}
			}, "a")
		}
	}
}

func TestStaleCoversAMissingResult(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := expired(t, f, "")
		f.all(results("", 0, 0, 0))
		expect(t, c, "a", true, sdk.Stale)
	}, "a")
}

// Once a refresh failed, later checks are answered at once and asked again behind. A refusal of that must show.
func TestARefusalAfterAnOutageEndsStaleAnswers(t *testing.T) {
	for name, refusal := range map[string]int{"401": 401, "403": 403, "413": 413} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				c := expired(t, f, "")
				f.all(status(500))
				expect(t, c, "a", true, sdk.Stale)
				<-time.After(5 * time.Second)
				f.all(status(refusal))
				expect(t, c, "a", true, sdk.Stale) // at once, and asks behind
				<-time.After(5 * time.Second)
				refuses(t, c, "a", nil)
			}, "a")
		})
	}
}

func TestWhatIsStaleIsAnsweredBeforeTheDeadlineThoughNothingFailedYet(t *testing.T) {
	for patience, after := range map[time.Duration]time.Duration{
		200 * time.Millisecond: 180 * time.Millisecond, 20 * time.Millisecond: 15 * time.Millisecond, 6 * time.Millisecond: 3 * time.Millisecond,
	} {
		inBubble(t, func(t *testing.T, f *fleet) {
			c := expired(t, f, "")
			f.all(hang)
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			for _, waits := range []time.Duration{after, 0} { // nobody waits out a timeout twice
				start := time.Now()
				if v, err := c.Validate(ctx, "a"); err != nil || v.Origin != sdk.Stale {
					t.Errorf("got %+v, %v", v, err)
				}
				took(t, start, waits)
			}
		}, "a")
	}
}

func TestACallerWhoCancelsGetsNoStaleVerdict(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := expired(t, f, "")
		f.all(hang)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		if v, err := c.Validate(ctx, "a"); err == nil {
			t.Errorf("got %+v", v)
		}
	}, "a")
}
