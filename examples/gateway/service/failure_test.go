package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// slow is an error that says so.
type slow struct{}

func (slow) Error() string   { return "10.0.0.1 is slow" }
func (slow) Timeout() bool   { return true }
func (slow) Temporary() bool { return false }

func TestAServiceThatDoesNotAnswerIsAProblem(t *testing.T) {
	for err, want := range map[error]int{
		&sdk.CallError{Err: sdk.ErrNoReplicas}:  503,
		&sdk.CallError{Err: sdk.ErrCircuitOpen}: 503,
		sdk.ErrOverloaded:                       503,
		sdk.ErrClosed:                           503,
		&sdk.CallError{Err: fmt.Errorf("10.0.0.1: %w", context.DeadlineExceeded)}:           504,
		&net.OpError{Op: "dial", Err: slow{}}:                                               504,
		&net.OpError{Op: "dial", Err: errors.New("10.0.0.1: refused")}:                      502,
		&sdk.CallError{Err: errors.New("10.0.0.1: an answer that is no HTTP"), Attempts: 3}: 502,
	} {
		fails := roundTrip(func(*http.Request) (*http.Response, error) { return nil, err })
		g := gateway(t, "http://127.0.0.1:1", fails)
		resp, text := ask(t, "GET", g.URL+"/v1/entities/usb:046d", "")
		expectProblem(t, resp, text, want)
		if strings.Contains(text, "10.0.0.1") || (resp.Header.Get("Retry-After") != "") != (want == 503) {
			t.Errorf("%v: %v %s", err, resp.Header, text)
		}
	}
}

func expectProblem(t *testing.T, resp *http.Response, text string, status int) {
	t.Helper()
	p, err := protocol.DecodeProblem([]byte(text))
	if resp.StatusCode != status || resp.Header.Get("Content-Type") != protocol.ContentTypeProblem || err != nil || p.Status != status {
		t.Errorf("got %d %q %s; want problem details of %d", resp.StatusCode, resp.Header.Get("Content-Type"), text, status)
	}
}

func TestAnMS1ThatIsNotThereIsAProblemAndMS2sTroubleIsNone(t *testing.T) {
	fails := roundTrip(func(*http.Request) (*http.Response, error) { return nil, sdk.ErrNoReplicas })
	m := newMS1(t)
	g := gateway(t, m.URL, fails)
	if resp, _ := ask(t, "POST", g.URL+"/orders", sentOrder); resp.StatusCode != http.StatusCreated || len(m.taken()[0].Header["Ms2-Attestation"]) != 0 {
		t.Errorf("an order without attestations is answered %d", resp.StatusCode)
	}
	m.Close()
	resp, text := ask(t, "POST", g.URL+"/orders", sentOrder)
	expectProblem(t, resp, text, http.StatusBadGateway)
}

func TestPathsAndMethodsThatAreNoneAreProblems(t *testing.T) {
	m := newMS1(t)
	g := gateway(t, m.URL, attesting)
	for request, want := range map[string]int{
		"POST /v1/entities": 405, "DELETE /v1/entities/usb:046d": 405, "GET /v1/entities/a/b": 404, "GET /v1/sids/usb:046d": 404, "POST /v1/sids:validate": 404,
		"GET /.well-known/jwks.json": 404, "GET /orders/a/b": 404, "GET /orders/%2e%2e": 404, "GET /orders/..%2f..%2Fother": 404, "GET /other": 404, "POST /": 404, "POST /healthz": 404,
	} {
		method, path, _ := strings.Cut(request, " ")
		resp, text := ask(t, method, g.URL+path, "")
		expectProblem(t, resp, text, want)
		if (resp.Header.Get("Allow") == "GET, HEAD") != (want == 405) {
			t.Errorf("%s: %v", request, resp.Header)
		}
	}
	if got := m.taken(); len(got) != 0 {
		t.Errorf("MS1 got %v", got)
	}
}

func TestWhatIsForMS1GoesThere(t *testing.T) {
	m := newMS1(t)
	g := gateway(t, m.URL+"/base", attesting)
	for request, want := range map[string]string{"GET /orders/7?x=a%2Fb": "/base/orders/7?x=a%2Fb", "PUT /orders": "/base/orders", "OPTIONS /orders": "/base/orders", "GET /orders/a%2Fb": "/base/orders/a%2Fb"} {
		method, path, _ := strings.Cut(request, " ")
		if resp, _ := ask(t, method, g.URL+path, "x"); resp.StatusCode != http.StatusCreated {
			t.Errorf("%s: %d", request, resp.StatusCode)
		}
		got := m.taken()
		if len(got) != 1 || got[0].RequestURI != want || got[0].Host != hostOf(t, m.URL) || got[0].body != "x" || len(got[0].Header["Ms2-Attestation"]) != 0 {
			t.Errorf("%s: MS1 got %+v", request, got)
		}
	}
}

// Those of an order end with its body, which is read; those of any other body are taken off.
func TestTrailersEndHere(t *testing.T) {
	m := newMS1(t)
	g := gateway(t, m.URL, attesting)
	status := raw(t, hostOf(t, g.URL), "PUT /orders HTTP/1.1\r\nHost: gateway\r\nTrailer: MS2-Attestation, X-A\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nMS2-Attestation: forged\r\nX-A: 1\r\n\r\n")
	if got := m.taken(); status != http.StatusCreated || len(got) != 1 || got[0].body != "x" || len(got[0].Trailer) != 0 || got[0].Header.Get("Trailer") != "" {
		t.Errorf("%d; MS1 got %+v", status, got)
	}
}

func TestMS1HasToAnswerInTime(t *testing.T) {
	connections := connectionsToMS1()
	defer connections.CloseIdleConnections()
	connections.ResponseHeaderTimeout = time.Millisecond
	ends := make(chan struct{})
	stuck := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-ends }))
	defer stuck.Close()
	defer close(ends)
	req, err := http.NewRequest(http.MethodGet, stuck.URL, nil)
	ok(t, err)
	_, err = connections.RoundTrip(req) //nolint:bodyclose // there is none
	if status, _ := statusOf(err); status != http.StatusGatewayTimeout {
		t.Errorf("%v is answered %d", err, status)
	}
}

func TestFieldsForTheBalancerEndHere(t *testing.T) {
	g := gateway(t, "http://127.0.0.1:1", roundTrip(func(req *http.Request) (*http.Response, error) {
		resp, err := attesting(req)
		resp.Header.Set(protocol.HeaderLoad, "x")
		resp.Header.Set(protocol.HeaderDraining, "1")
		return resp, err
	}))
	resp, _ := ask(t, "GET", g.URL+"/v1/entities", "")
	if resp.Header.Get(protocol.HeaderLoad) != "" || resp.Header.Get(protocol.HeaderDraining) != "" || resp.Header.Get(protocol.HeaderAttestation) != "ours" {
		t.Errorf("the browser got %v", resp.Header)
	}
}

func TestThePageIsServedAsTheGateways(t *testing.T) {
	g := gateway(t, "http://127.0.0.1:1", attesting, "-links", "MS1=http://127.0.0.1:8081")
	resp, text := ask(t, "GET", g.URL+"/", "")
	if resp.StatusCode != 200 || !strings.Contains(text, "http://127.0.0.1:8081") || resp.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("got %d %v %s", resp.StatusCode, resp.Header, text)
	}
}

// Whether MS1 stored an order before its connection broke nobody knows, so it is not sent again.
func TestAnOrderIsSentOnce(t *testing.T) {
	for _, key := range []string{"Idempotency-Key", "X-Idempotency-Key", "X-Other"} {
		var orders atomic.Int64
		breaks := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // what is cut off comes, too
			if r.Method == http.MethodPost && orders.Add(1) == 1 {
				panic(http.ErrAbortHandler)
			}
		}))
		defer breaks.Close()
		g := gateway(t, breaks.URL, attesting)
		ask(t, "GET", g.URL+"/orders/1", "") // by a connection that is used again
		if resp, _ := ask(t, "POST", g.URL+"/orders", sentOrder, key+": 1"); resp.StatusCode != http.StatusBadGateway || orders.Load() != 1 {
			t.Errorf("%s: answered %d after %d orders", key, resp.StatusCode, orders.Load())
		}
	}
}

func TestABodyThatIsBrokenIsItsSendersFault(t *testing.T) {
	w := newWorld(t)
	log := &lockedBuffer{}
	o, err := parse([]string{"-ms1", w.ms1.URL})
	ok(t, err)
	connections := connectionsToMS1()
	defer connections.CloseIdleConnections()
	handler, err := o.routes(newClient(t, w.ms2).RoundTripper(), connections, &health{}, slog.New(slog.NewTextHandler(log, nil)))
	ok(t, err)
	g := httptest.NewServer(handler)
	defer g.Close()
	for _, target := range []string{"POST /orders", "PUT /orders", "GET /v1/entities/usb:046d"} {
		if status := raw(t, hostOf(t, g.URL), target+" HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n"); status != http.StatusBadRequest {
			t.Errorf("%s: got %d", target, status)
		}
	}
	if log.String() != "" {
		t.Errorf("logged %s", log)
	}
}
