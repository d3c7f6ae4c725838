package protocol_test

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"ms2.internal/lb/sdk/protocol"
)

// storeFunc is a store made of its one method.
type storeFunc func(ctx context.Context, sids []string) (map[string]protocol.Entity, error)

func (f storeFunc) Lookup(ctx context.Context, sids []string) (map[string]protocol.Entity, error) {
	return f(ctx, sids)
}

// usb is a small MS2.
var usb = holding(map[string]protocol.Entity{
	"usb:046d":      {Kind: "vendor", Version: "7"},
	"usb:046d:c52b": {Kind: "product", Version: "3"},
	"usb:dead":      {Kind: "vendor", Version: "1", Retired: true},
})

// holding is a store of exactly entities.
func holding(entities map[string]protocol.Entity) storeFunc {
	return func(_ context.Context, sids []string) (map[string]protocol.Entity, error) {
		found := maps.Clone(entities)
		maps.DeleteFunc(found, func(sid string, _ protocol.Entity) bool { return !slices.Contains(sids, sid) })
		return found, nil
	}
}

// failing is a store that only fails.
func failing(err error) storeFunc {
	return func(context.Context, []string) (map[string]protocol.Entity, error) { return nil, err }
}

// quiet is opts with nothing logged.
func quiet(opts protocol.HandlerOptions) protocol.HandlerOptions {
	opts.Logger = slog.New(slog.DiscardHandler)
	return opts
}

// ask sends one request to h; fields are names and values of header fields in turn.
func ask(h http.Handler, method, target, body string, fields ...string) *http.Response {
	var content io.Reader = http.NoBody
	if body != "" {
		content = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, target, content)
	for i := 0; i < len(fields); i += 2 {
		r.Header.Add(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// post sends a batch to h.
func post(h http.Handler, body string, fields ...string) *http.Response {
	return ask(h, http.MethodPost, protocol.PathBatch, body, append(fields, "Content-Type", "application/json")...)
}

func get(h http.Handler, target string, fields ...string) *http.Response {
	return ask(h, http.MethodGet, target, "", fields...)
}

func bodyOf(t *testing.T, response *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// wantProblem holds response to be problem details of this status, and returns them.
func wantProblem(t *testing.T, response *http.Response, status int) protocol.Problem {
	t.Helper()
	body := bodyOf(t, response)
	if response.StatusCode != status || response.Header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("got %d %s: %s, want a problem of status %d", response.StatusCode, response.Header.Get("Content-Type"), body, status)
	}
	p, err := protocol.DecodeProblem([]byte(body))
	if err != nil || p.Status != status {
		t.Fatalf("got problem %+v, %v, want status %d", p, err, status)
	}
	return p
}

// wantHeader holds one header field to a value, "" for none.
func wantHeader(t *testing.T, response *http.Response, name, want string) {
	t.Helper()
	if got := strings.Join(response.Header.Values(name), " | "); got != want {
		t.Errorf("%s is %q, want %q", name, got, want)
	}
}
