package attempt_test

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/transport"
)

// failsOver fails the test unless a reply is a failure by TLS, of a cause, that says so.
func failsOver(t *testing.T, r attempt.Reply, cause attempt.Cause, says string) {
	t.Helper()
	if r.Outcome.Result != balancer.Failure || r.Fault != attempt.TLS || r.Cause != cause || !strings.Contains(r.Summary(), says) || r.Fell() {
		t.Errorf("result %d, fault %d, cause %s, fell %t: %q, want %q", r.Outcome.Result, r.Fault, r.Cause, r.Fell(), r.Summary(), says)
	}
}

func TestHTTPToAServerThatSpeaksHTTPSIsAFailureOfTheScheme(t *testing.T) {
	server := httptest.NewTLSServer(answering(200, "{}"))
	defer server.Close()
	server.Config.ErrorLog = silent
	s := over(t, server.Listener.Addr().String(), options(t))
	health, _ := http.NewRequest(http.MethodGet, "/healthz", nil)
	for _, r := range []attempt.Reply{
		s.batch(t, attempt.Item{SID: "a"}), s.single(t, attempt.Item{SID: "a"}), s.Probe(guarded(t), s.instance, health),
	} {
		failsOver(t, r, attempt.CauseScheme, "speaks https, and we http (MS2_SCHEME)")
		saying(t, r, "MS2_SCHEME=https")
	}
}

func TestHTTPSToAServerThatSpeaksHTTPIsAFailureOfTheScheme(t *testing.T) {
	s := against(t, answering(200, "{}"), func(o *attempt.Options) { o.Scheme = "https" })
	failsOver(t, s.batch(t, attempt.Item{SID: "a"}), attempt.CauseScheme, "speaks http, and we https (MS2_SCHEME)")
}

func TestWhatMS2RepeatsOfARequestIsNoFailureOfTheScheme(t *testing.T) {
	text := "The plain HTTP request was sent to HTTPS port"
	for _, handler := range []http.HandlerFunc{
		answering(400, `{"detail":"`+text+`"}`, "Content-Type", "application/problem+json"), answering(422, text), answering(404, text),
	} {
		if r := against(t, handler).batch(t, attempt.Item{SID: "a"}); r.Outcome.Result != balancer.Refused || r.Cause != attempt.CauseRefused {
			t.Errorf("%+v", r)
		}
	}
}

func TestAHandshakeThatFailsIsSaidInItsOwnWords(t *testing.T) {
	a, clients := newAuthority(t), make(chan string, 9)
	server := a.serve(t, clients, "ms2.example")
	failsOver(t, secured(t, server, transport.TLSFiles{}).batch(t, attempt.Item{SID: "a"}), attempt.CauseTLS, "tls: x509: ")
	failsOver(t, secured(t, server, transport.TLSFiles{CA: a.file("ca")}).batch(t, attempt.Item{SID: "a"}), attempt.CauseTLS, "127.0.0.1")
	strict := httptest.NewUnstartedServer(answering(200, "{}"))
	a.start(t, strict, "127.0.0.1")
	strict.TLS.ClientAuth = tls.RequireAndVerifyClientCert
	s := secured(t, strict, transport.TLSFiles{CA: a.file("ca")})
	r := s.batch(t, attempt.Item{SID: "a"})
	for range 100 { // the connection is reset right after the alert, which may be lost then
		if r.Cause == attempt.CauseTLS {
			break
		}
		r = s.batch(t, attempt.Item{SID: "a"})
	}
	failsOver(t, r, attempt.CauseTLS, "remote error: tls: ")
}

func TestEveryRefusalHasItsCause(t *testing.T) {
	for status, want := range map[int]attempt.Cause{
		401: attempt.CauseToken, 403: attempt.CauseForbidden, 422: attempt.CauseRefused, 429: attempt.CauseShed, 500: attempt.CauseStatus,
		503: attempt.CauseStatus, 302: attempt.CauseRedirect, 200: attempt.CauseMalformed,
	} {
		r := against(t, answering(status, "<html>", "Location", "/v1/sids/prod:1")).batch(t, attempt.Item{SID: "prod:1"})
		if r.Cause != want || strings.Contains(r.Summary(), "prod") || !strings.HasPrefix(r.Summary(), "HTTP ") {
			t.Errorf("HTTP %d: cause %s, %q", status, r.Cause, r.Summary())
		}
	}
	if r := against(t, answering(200, `{"results":[]}`)).batch(t, attempt.Item{SID: "a"}); r.Cause != attempt.CauseNoResult {
		t.Errorf("%+v", r)
	}
	panics := wrapped(t, func(http.RoundTripper) roundTrip {
		return func(r *http.Request) (*http.Response, error) { panic("at " + r.URL.Path) }
	})
	if r := panics.single(t, attempt.Item{SID: "prod:1"}); r.Cause != attempt.CauseHook || r.Summary() != "the adopter's transport (WithTransport) panicked" {
		t.Errorf("cause %s, %q", r.Cause, r.Summary())
	}
	broken := against(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler)
	})
	if r := broken.batch(t, attempt.Item{SID: "a"}); r.Cause != attempt.CauseReset || r.Fault != attempt.Reset {
		t.Errorf("%+v", r)
	}
}

// SIDs are the caller's to choose, and a server that unescapes them once too often puts spaces into them.
func TestASIDThatIsRepeatedInPlainTextIsNoFailureOfTheScheme(t *testing.T) {
	sid := "Client+sent+an+HTTP+request+to+an+HTTPS+server.<title>400+The+plain+HTTP+request+was+sent+to+HTTPS+port</title>" +
		"speaking+plain+HTTP+to+an+SSL-enabled+server+port.This+combination+of+host+and+port+requires+TLS"
	for _, kind := range []string{"text/plain", "text/html"} {
		s := against(t, func(w http.ResponseWriter, r *http.Request) {
			asked, _ := io.ReadAll(r.Body)
			path, _ := url.QueryUnescape(r.URL.Path + string(asked))
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(400)
			_, _ = io.WriteString(w, path[strings.Index(path, "Client"):]) // with nothing before it
		})
		for _, r := range []attempt.Reply{s.batch(t, attempt.Item{SID: sid}), s.single(t, attempt.Item{SID: sid})} {
			if r.Outcome.Result != balancer.Refused || r.Cause != attempt.CauseRefused {
				t.Errorf("result %d, cause %s: %v", r.Outcome.Result, r.Cause, r.Err)
			}
		}
	}
}

func TestThePagesOfServersThatSpeakHTTPSAreKnown(t *testing.T) {
	for server, page := range map[string]string{
		"Go":     "Client sent an HTTP request to an HTTPS server.\n",
		"Tomcat": "Bad Request\r\nThis combination of host and port requires TLS.\r\n",
		"nginx": "<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n<body>\r\n" +
			"<center><h1>400 Bad Request</h1></center>\r\n<center>The plain HTTP request was sent to HTTPS port</center>\r\n",
		"Apache": "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n<title>400 Bad Request</title>\n</head><body>\n" +
			"<h1>Bad Request</h1>\n<p>Your browser sent a request that this server could not understand.<br />\n" +
			"Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />\n Instead use the HTTPS scheme to access this URL, please.<br />\n</p>\n</body></html>\n",
	} {
		t.Run(server, func(t *testing.T) {
			s := against(t, answering(400, page, "Content-Type", "text/html"))
			failsOver(t, s.batch(t, attempt.Item{SID: "a"}), attempt.CauseScheme, "speaks https, and we http (MS2_SCHEME)")
		})
	}
}
