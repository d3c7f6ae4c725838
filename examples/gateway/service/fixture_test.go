package service

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"ms2.internal/lb/sdk/protocol"
)

// received is a request as MS1 got it, its body read.
type received struct {
	*http.Request
	body string
}

// ms1 is an MS1 that notes what it gets.
type ms1 struct {
	*httptest.Server
	mu  sync.Mutex
	got []received
}

func newMS1(t *testing.T) *ms1 {
	t.Helper()
	m := &ms1{}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // what is cut off is noted as it came
		m.mu.Lock()
		defer m.mu.Unlock()
		m.got = append(m.got, received{r, string(body)})
		w.WriteHeader(http.StatusCreated)
	}))
	t.Cleanup(m.Close)
	return m
}

// taken returns what was received since the last call.
func (m *ms1) taken() []received {
	m.mu.Lock()
	defer m.mu.Unlock()
	got := m.got
	m.got = nil
	return got
}

type roundTrip func(*http.Request) (*http.Response, error)

func (r roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return r(req) }

// attesting is an MS2 that attests each SID by the text "ours".
var attesting = roundTrip(func(req *http.Request) (*http.Response, error) {
	h := http.Header{}
	h.Set(protocol.HeaderAttestation, "ours")
	return &http.Response{StatusCode: 200, Header: h, Body: io.NopCloser(strings.NewReader("{}")), Request: req}, nil
})

// gateway serves what routes returns, before this MS1.
func gateway(t *testing.T, ms1 string, ms2 http.RoundTripper, args ...string) *httptest.Server {
	t.Helper()
	o, err := parse(append([]string{"-ms1", ms1}, args...))
	if err != nil {
		t.Fatal(err)
	}
	connections := connectionsToMS1()
	handler, err := o.routes(ms2, connections, &health{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(handler)
	t.Cleanup(func() {
		s.Close()
		connections.CloseIdleConnections()
	})
	return s
}

// ask sends a request and returns the answer with its body.
func ask(t *testing.T, method string, address string, body string, fields ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for _, field := range fields {
		name, value, _ := strings.Cut(field, ": ")
		req.Header.Add(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(text)
}

func hostOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

// recorder is what a handler answers.
func recorder(h http.Handler, method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w
}
