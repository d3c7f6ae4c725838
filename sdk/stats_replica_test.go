package sdk_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// kinds are ways to fail, each of one kind.
var kinds = map[string]struct {
	fail  func(*fleet)
	count func(sdk.FailureStats) int64
	says  string
}{
	"connect":   {func(f *fleet) { f.replicas["a"].listener.SetDown(true) }, func(s sdk.FailureStats) int64 { return s.Connect }, "refused"},
	"closed":    {func(f *fleet) { f.all(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }) }, func(s sdk.FailureStats) int64 { return s.Connect }, "EOF"},
	"timeout":   {func(f *fleet) { f.all(hang) }, func(s sdk.FailureStats) int64 { return s.Timeout }, "attempt timeout"},
	"status":    {func(f *fleet) { f.all(status(500)) }, func(s sdk.FailureStats) int64 { return s.Status }, "HTTP 500"},
	"malformed": {func(f *fleet) { f.all(raw("<html>usb:secret</html>")) }, func(s sdk.FailureStats) int64 { return s.Malformed }, "HTTP 200 that makes no sense"},
}

func TestFailuresAreCountedByKindAndTheLastIsShownWithItsTime(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				c := f.client(func(cfg *sdk.Config) { cfg.Attempts = 1 })
				expect(t, c, "usb:1", true, sdk.Fresh)
				if s := statsOf(c, "a"); s.LastError != nil || s.LastErrorAt != nil || s.ByKind != (sdk.FailureStats{}) {
					t.Errorf("before: %+v", s)
				}
				<-time.After(time.Minute)
				f.transport.CloseIdleConnections()
				kind.fail(f)
				refuses(t, c, "usb:secret", nil)
				s := statsOf(c, "a")
				if s.LastError == nil || !strings.Contains(*s.LastError, kind.says) || strings.Contains(*s.LastError, "secret") || !s.LastErrorAt.Equal(time.Now()) {
					t.Errorf("last error %v at %v", s.LastError, s.LastErrorAt)
				}
				sum := s.ByKind.Connect + s.ByKind.Timeout + s.ByKind.TLS + s.ByKind.Status + s.ByKind.Malformed
				if kind.count(s.ByKind) != 1 || sum != s.Failures {
					t.Errorf("%+v of %d failures", s.ByKind, s.Failures)
				}
			}, "a")
		})
	}
}

func TestARefusalShowsNoSIDThatMS2MayName(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, `{"title":"no","detail":"usb:secret is odd"}`, http.StatusUnprocessableEntity)
		})
		c := f.client()
		refuses(t, c, "usb:secret", nil)
		if s := statsOf(c, "a"); s.LastError == nil || *s.LastError != "HTTP 422" || s.Refused != 1 {
			t.Errorf("got %+v", s)
		}
	}, "a")
}
