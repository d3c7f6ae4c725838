package sdk_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

// fromEnv is the configuration that these two variables make.
func fromEnv(t *testing.T, timeout, attempt string) (sdk.Config, error) {
	t.Helper()
	setEnv(t, "MS2_TIMEOUT", timeout, "MS2_ATTEMPT_TIMEOUT", attempt)
	return sdk.ConfigFromEnv()
}

func TestAnAttemptTimeoutThatIsSetNotBelowASetTimeoutIsRefused(t *testing.T) {
	for _, c := range []struct{ timeout, attempt string }{{"2s", "2s"}, {"2s", "3s"}, {"1ms", "1ms"}, {"500ms", "500ms"}, {"1s", "10m0s"}} {
		want := `MS2_ATTEMPT_TIMEOUT="` + c.attempt + `": not below MS2_TIMEOUT="` + c.timeout + `", so a replica that hangs would fail the check; ` +
			"set at most half of MS2_TIMEOUT, or leave one of the two unset"
		_, byEnv := fromEnv(t, c.timeout, c.attempt)
		timeout, _ := time.ParseDuration(c.timeout)
		attempt, _ := time.ParseDuration(c.attempt)
		_, inCode := sdk.New(sdk.Config{Timeout: timeout, AttemptTimeout: attempt})
		for _, err := range []error{byEnv, inCode} {
			var bad *sdk.ConfigError
			if !errors.As(err, &bad) || len(bad.Problems) != 1 || bad.Problems[0] != want {
				t.Errorf("got %v\nwant %s", err, want)
			}
		}
	}
	if _, err := fromEnv(t, "2s", "1999ms"); err != nil {
		t.Errorf("just below: %v", err)
	}
}

func TestATimeoutThatIsBadByItselfIsNotComparedAsWell(t *testing.T) {
	for _, c := range []struct{ timeout, attempt string }{{"5", "3s"}, {"0s", "3s"}, {"300ms", "11m"}} {
		_, err := fromEnv(t, c.timeout, c.attempt)
		var bad *sdk.ConfigError
		if !errors.As(err, &bad) || len(bad.Problems) != 1 {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// timeouts are configurations that set one of the two, or both, and how long an attempt may then take.
var timeouts = []struct {
	timeout, attempt string
	want             time.Duration
	warns            string
}{
	{"", "", 500 * time.Millisecond, ""},
	{"600ms", "", 500 * time.Millisecond, ""},
	{"500ms", "", 250 * time.Millisecond, ""},
	{"300ms", "", 150 * time.Millisecond, ""},
	{"1ms", "", 500 * time.Microsecond, ""},
	{"", "500ms", 500 * time.Millisecond, ""},
	{"", "1999ms", 1999 * time.Millisecond, ""},
	{"", "2s", time.Second, "attempt_timeout=2s timeout=2s used=1s"},
	{"", "10m", time.Second, "attempt_timeout=10m0s timeout=2s used=1s"},
	{"10s", "9s", 9 * time.Second, ""},
}

func TestOfTwoTimeoutsThatDoNotFitADefaultGivesWay(t *testing.T) {
	for _, c := range timeouts {
		t.Run(c.timeout+"/"+c.attempt, func(t *testing.T) {
			cfg, err := fromEnv(t, c.timeout, c.attempt)
			if err != nil {
				t.Fatal(err)
			}
			inBubble(t, func(t *testing.T, f *fleet) {
				var log bytes.Buffer
				cfg.Endpoints = []string{"a:80", "b:80"}
				client := f.clientWith(cfg, sdk.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
				f.all(hangingOnce())
				start := time.Now()
				expect(t, client, "x", true, sdk.Fresh)
				took(t, start, c.want)
				synctest.Wait()
				if n := strings.Count(log.String(), "MS2_ATTEMPT_TIMEOUT is not below"); n != min(1, len(c.warns)) || !strings.Contains(log.String(), c.warns) {
					t.Errorf("want one warning if any, of %q:\n%s", c.warns, &log)
				}
			}, "a", "b")
		})
	}
}

// hangingOnce answers every request but the first.
func hangingOnce() http.HandlerFunc {
	var hung atomic.Bool
	return func(w http.ResponseWriter, r *http.Request) {
		if hung.CompareAndSwap(false, true) {
			hang(w, r)
			return
		}
		results("valid", 0, 0, 0)(w, r)
	}
}
