package sdk_test

import (
	"encoding/pem"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"ms2.internal/lb/sdk"
)

// What was reported of other proxies and transports.

// overH2 is a client of a server that speaks HTTP/2.
func overH2(t *testing.T, handler http.HandlerFunc, change func(*http.Server)) *sdk.Client {
	t.Helper()
	s := newWireServer(handler)
	s.EnableHTTP2 = true
	change(s.Config)
	s.StartTLS()
	t.Cleanup(s.Close)
	ca := configFile(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})))
	return wireClient(t, sdk.Config{Endpoints: []string{s.addr()}, Scheme: "https", TLSCAFile: ca, Attempts: 3})
}

// caddyserver/caddy 667: one faulty request, tried again, had its backends marked as failed. Among ours are those of
// songquanpeng/one-api 25 and linkerd/linkerd2 1407, which HTTP/2 can't send, and of caddyserver/caddy 7360.
func TestARequestThatCanNotBeSentIsRefusedAndHeldAgainstNoReplica(t *testing.T) {
	for name, spoil := range map[string]func(*http.Request){
		"a control character in the query": func(r *http.Request) { r.URL.RawQuery = "q=a\nb" },
		"a control character in an opaque": func(r *http.Request) { r.URL.Opaque = "/a\x00b" },
		"an absolute target":               func(r *http.Request) { r.URL.Opaque = "//elsewhere.example/data" },
		"a path without its slash":         func(r *http.Request) { r.URL.Path = "data" },
		"a length and no body":             func(r *http.Request) { r.Body, r.ContentLength = nil, 5 },
		"an unknown length and no body":    func(r *http.Request) { r.Body, r.ContentLength = nil, -1 },
		"a trailer that is none":           func(r *http.Request) { r.Trailer = http.Header{"content-length": nil} },
		"a field of one connection":        func(r *http.Request) { r.Header.Set("Connection", "X-Hop") },
		"two fields Connection":            func(r *http.Request) { r.Header["Connection"] = []string{"close", "close"} },
		"an upgrade without Connection":    func(r *http.Request) { r.Header.Set("Upgrade", "h2c") },
		"a transfer coding":                func(r *http.Request) { r.Header.Set("Transfer-Encoding", "gzip") },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				c := f.client()
				var closed atomic.Int32
				req := requested(t, "GET", "/data", "")
				req.Body = &closing{Reader: strings.NewReader("x"), closed: &closed}
				spoil(req)
				if _, _, err := forward(c, req); err == nil || !strings.HasPrefix(err.Error(), "ms2: the request can't be sent: ") {
					t.Errorf("got %v", err)
				}
				if statsOf(c, "a").Picks != 0 || (closed.Load() == 0) != (req.Body == nil) {
					t.Errorf("%d picks, %d bodies closed", statsOf(c, "a").Picks, closed.Load())
				}
			}, "a")
		})
	}
}

func TestFieldsOfAConnectionThatChangeNothingAreNoReasonToRefuse(t *testing.T) {
	c := overH2(t, saying("ok"), func(*http.Server) {})
	for _, fields := range [][]string{{"Connection", "Keep-Alive"}, {"Connection", "close"}, {"Te", "trailers"}} {
		if status, _, err := forward(c, requested(t, "GET", "/data", "", fields...)); status != 200 || err != nil {
			t.Errorf("%v: got %d, %v", fields, status, err)
		}
	}
}

// pomerium/pomerium 4540, by HTTP/2: net/http itself refuses what is larger than the server said that it takes. A browser with many
// cookies would open the breaker of every replica.
func TestAHeaderThatIsTooLargeForAReplicaIsNotHeldAgainstIt(t *testing.T) {
	c := overH2(t, saying("ok"), func(s *http.Server) { s.MaxHeaderBytes = 4096 })
	got(t, c, 200, "ok") // its limit is known now
	call := missed(t, c, requested(t, "GET", "/data", "", "Cookie", strings.Repeat("x", 8192)), nil)
	if s := c.Stats().Replicas[0]; s.Failures != 0 || s.Ignored != 1 || call.Attempts != 1 {
		t.Errorf("%d failures, %d ignored, %v", s.Failures, s.Ignored, call)
	}
}

// trailing calls end when its text has ended.
type trailing struct {
	io.Reader
	end func()
}

func (r *trailing) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err == io.EOF {
		r.end()
	}
	return n, err
}

// agentgateway/agentgateway 3431: the values of a request's trailers, which come after its body, were lost.
func TestATrailerOfARequestIsSentByEachAttempt(t *testing.T) {
	sum := func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		io.WriteString(w, string(text)+r.Trailer.Get("X-Sum")) //nolint:errcheck // a test sees it
	}
	var n atomic.Int32
	failing := func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) == 1 {
			io.Copy(io.Discard, r.Body) //nolint:errcheck // it is sent whole
			w.WriteHeader(503)
			return
		}
		sum(w, r)
	}
	s := onWire(t, failing)
	for name, c := range map[string]*sdk.Client{
		"HTTP/1.1, second attempt": wireClient(t, sdk.Config{Endpoints: []string{s.addr()}, Attempts: 2}),
		"HTTP/2":                   overH2(t, sum, func(*http.Server) {}),
	} {
		req := requested(t, "PUT", "/", "", "Idempotency-Key", "1")
		req.Trailer, req.ContentLength = http.Header{"X-Sum": nil}, -1
		req.GetBody = func() (io.ReadCloser, error) {
			return io.NopCloser(&trailing{strings.NewReader("body"), func() { req.Trailer.Set("X-Sum", "42") }}), nil
		}
		req.Body, _ = req.GetBody()
		if status, body, err := forward(c, req); status != 200 || body != "body42" || err != nil {
			t.Errorf("%s: got %d, %q, %v", name, status, body, err)
		}
	}
}
