package sdk_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// A replica that refuses for load is left alone for that long at least and at most, whatever it asks for.
const (
	shortestRest = 100 * time.Millisecond
	longestRest  = 5 * time.Second
)

// ownRest is how long a replica rests that refused for load and asked for no rest that can be read.
const ownRest = 100 * time.Millisecond

// asking is a value of Retry-After with the rest that it asks for.
type asking struct {
	text string
	rest time.Duration
}

// askings are made when the clock of a test has begun.
func askings() []asking {
	date := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
	return []asking{
		{"0", ownRest}, {"3", 3 * time.Second}, {"5", longestRest}, {"99999999999", longestRest}, {"99999999999999999999999", longestRest},
		{"-1", ownRest}, {"1.5", ownRest}, {"soon", ownRest}, {" 3 ", 3 * time.Second},
		{date(-time.Hour), ownRest}, {date(3 * time.Second), 3 * time.Second}, {date(100 * time.Hour), longestRest},
	}
}

func TestAReplicaRestsForAsLongAsItAskedButNotForEver(t *testing.T) {
	for i := range askings() {
		inBubble(t, func(t *testing.T, f *fleet) {
			asked := askings()[i]
			c := f.client(func(cfg *sdk.Config) { cfg.Timeout = time.Minute })
			f.all(status(503, "Retry-After", asked.text))
			start := time.Now()
			time.AfterFunc(time.Nanosecond, func() { f.all(results("valid", 0, 0, 0)) })
			expect(t, c, "x", true, sdk.Fresh)
			rest := max(asked.rest, shortestRest)
			if d := time.Since(start); d < rest || d > rest+50*time.Millisecond {
				t.Errorf("Retry-After %q: asked again after %v, want %v", asked.text, d, rest)
			}
		}, "a")
	}
}

func TestAReplicaThatRestsIsNoReasonToWait(t *testing.T) {
	for _, code := range []int{429, 503} {
		inBubble(t, func(t *testing.T, f *fleet) {
			for _, asked := range askings() {
				f.replicas["a"].answer(status(code, "Retry-After", asked.text))
				c := f.client(func(cfg *sdk.Config) { cfg.Timeout = time.Second })
				start := time.Now()
				for i := range 10 {
					expect(t, c, fmt.Sprint(i), true, sdk.Fresh)
				}
				took(t, start, 0)
				if s := statsOf(c, "a"); s.Failures != 0 || s.Breaker != "closed" {
					t.Errorf("Retry-After %q: %+v", asked.text, s)
				}
				c.Close()
			}
		}, "a", "b")
	}
}

func TestManyFailingChecksAtOnceShareNoBackoff(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(status(503))
		c := f.client(func(cfg *sdk.Config) {
			cfg.BatchMax = 1
			cfg.BatchInflight = 100
			cfg.BreakerFailures = sdk.Off
			cfg.Attempts = 3
		})
		var group sync.WaitGroup
		for i := range 100 {
			group.Go(func() { refuses(t, c, fmt.Sprint(i), nil) })
		}
		group.Wait()
		if s := c.Stats(); s.Checks.Failed != 100 || s.Attempts < 100 {
			t.Errorf("got %+v", s)
		}
	}, "a")
}
