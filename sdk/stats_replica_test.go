package sdk_test

import (
	"io"
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
	"refused":   {func(f *fleet) { f.replicas["a"].listener.SetDown(true) }, func(s sdk.FailureStats) int64 { return s.Connect }, "connection refused"},
	"reset":     {func(f *fleet) { f.all(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }) }, func(s sdk.FailureStats) int64 { return s.Reset }, "the connection broke before the answer"},
	"timeout":   {func(f *fleet) { f.all(hang) }, func(s sdk.FailureStats) int64 { return s.Timeout }, "no answer within 500ms (MS2_ATTEMPT_TIMEOUT)"},
	"status":    {func(f *fleet) { f.all(status(500)) }, func(s sdk.FailureStats) int64 { return s.Status }, "HTTP 500"},
	"redirect":  {func(f *fleet) { f.all(redirect) }, func(s sdk.FailureStats) int64 { return s.Redirect }, "HTTP 302 that points elsewhere"},
	"malformed": {func(f *fleet) { f.all(raw("<html>usb:secret</html>")) }, func(s sdk.FailureStats) int64 { return s.Malformed }, "HTTP 200 that makes no sense"},
	"Go's TLS":  {func(f *fleet) { f.all(plain("Client sent an HTTP request to an HTTPS server.\n")) }, func(s sdk.FailureStats) int64 { return s.TLS }, "speaks https, and we http (MS2_SCHEME)"},
	"nginx":     {func(f *fleet) { f.all(plain(nginxToHTTP)) }, func(s sdk.FailureStats) int64 { return s.TLS }, "speaks https, and we http (MS2_SCHEME)"},
	"an alert":  {func(f *fleet) { f.all(hijacked("\x15\x03\x01\x00\x02\x02\x46")) }, func(s sdk.FailureStats) int64 { return s.TLS }, "speaks https, and we http (MS2_SCHEME)"},
	"no HTTP":   {func(f *fleet) { f.all(hijacked("SSH-2.0-usb:secret\r\n")) }, func(s sdk.FailureStats) int64 { return s.Malformed }, "the answer is not HTTP"},
	"cut off":   {func(f *fleet) { f.all(hijacked("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")) }, func(s sdk.FailureStats) int64 { return s.Malformed }, "the answer was cut off"},
}

func redirect(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/elsewhere/usb:secret", http.StatusFound)
}

// nginxToHTTP is how a page of nginx begins that speaks https.
const nginxToHTTP = "<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n"

// plain refuses as a server that speaks https.
func plain(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, text) //nolint:errcheck // as in all handlers
	}
}

// hijacked answers by something that is not HTTP.
func hijacked(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		io.WriteString(conn, text) //nolint:errcheck // as in all handlers
	}
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
					t.Errorf("last error %q at %v", *s.LastError, s.LastErrorAt)
				}
				k := s.ByKind
				sum := k.Connect + k.Reset + k.Timeout + k.TLS + k.Status + k.Redirect + k.Malformed
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
