package middleware_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/middleware"
)

// ms2 is a client that knows SIDs and their kinds.
type ms2 struct {
	kinds map[string]string
	fails map[string]error // of a SID
	err   error            // of the whole call
	then  func()           // while a call is under way

	mu     sync.Mutex
	checks [][]sdk.Check       // guarded by mu
	opts   [][]sdk.CheckOption // guarded by mu
}

func genuine() *ms2 {
	return &ms2{kinds: map[string]string{"p1": "product", "p2": "product", "v1": "vendor"}}
}

func (m *ms2) ValidateAll(_ context.Context, checks []sdk.Check, opts ...sdk.CheckOption) ([]sdk.Verdict, error) {
	m.mu.Lock()
	m.checks, m.opts = append(m.checks, checks), append(m.opts, opts)
	m.mu.Unlock()
	if m.then != nil {
		m.then()
	}
	var failed sdk.CheckErrors
	verdicts := make([]sdk.Verdict, len(checks))
	for i, c := range checks {
		kind, known := m.kinds[c.SID]
		verdicts[i] = sdk.Verdict{SID: c.SID, Kind: kind, Valid: known}
		if err := m.fails[c.SID]; err != nil {
			failed = append(failed, &sdk.CheckError{SID: c.SID, Index: i, Err: err})
			verdicts[i] = sdk.Verdict{SID: c.SID}
		}
	}
	if m.err != nil {
		return make([]sdk.Verdict, len(checks)), m.err
	}
	if failed != nil {
		return verdicts, failed
	}
	return verdicts, nil
}

func (m *ms2) calls() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.checks)
}

// site is a server whose handler is behind the middleware.
type site struct {
	http.Handler
	reached  int
	body     string
	verdicts []middleware.Checked
	request  *http.Request
}

func serve(t *testing.T, pattern string, client middleware.Checker, o middleware.Options) *site {
	t.Helper()
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	check, err := middleware.New(client, o)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{}
	mux := http.NewServeMux()
	mux.Handle(pattern, check(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.reached++
		s.body, s.verdicts, s.request = string(body), middleware.Verdicts(r.Context()), r
	})))
	s.Handler = mux
	return s
}

// do sends a request; what follows target are names and values of header fields.
func (s *site) do(method, target, body string, header ...string) *httptest.ResponseRecorder {
	var from io.Reader
	if body != "" {
		from = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, target, from)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for pair := range slices.Chunk(header, 2) {
		r.Header.Add(pair[0], pair[1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// refused reads problem details, and fails unless they have that status and nothing reached the handler.
func (s *site) refused(t *testing.T, w *httptest.ResponseRecorder, status int) (p middleware.Refusal) {
	t.Helper()
	if w.Code != status {
		t.Fatalf("answered %d, want %d: %s", w.Code, status, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Status != status || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Fatalf("no problem details: %v %v %s", err, w.Header(), w.Body)
	}
	if s.reached > 0 {
		t.Fatal("the handler was reached")
	}
	return p
}

// send posts a body with no other header than the given.
func (s *site) send(body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "/", strings.NewReader(body))
	for pair := range slices.Chunk(header, 2) {
		r.Header.Add(pair[0], pair[1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func read(r io.Reader) string {
	text, _ := io.ReadAll(r)
	return string(text)
}

func (s *site) answer(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}
