package transport_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk/internal/hook"
	"ms2.internal/lb/sdk/internal/transport"
)

// opens fails the test unless that many connections are open to an address within a second, or it is not known.
func opens(t *testing.T, tr *transport.Transport, addr string, want int64, known bool) {
	t.Helper()
	var open int64
	for range 100 {
		got, ok := tr.Connections(addr)
		if open = got; got == want && ok == known {
			return
		}
		time.Sleep(10 * time.Millisecond) // the peer closes on its own time
	}
	t.Errorf("%d connections, want %d, known %t", open, want, known)
}

// ask sends n requests side by side, whose answers come when all are there.
func ask(t *testing.T, tr *transport.Transport, url string, n int) {
	t.Helper()
	var group sync.WaitGroup
	for range n {
		group.Go(func() {
			req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
			resp, err := tr.Open(req)
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		})
	}
	group.Wait()
}

func TestConnectionsAreCountedWhileTheyAreOpen(t *testing.T) {
	var all sync.WaitGroup
	all.Add(3)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { all.Done(); all.Wait() }))
	defer server.Close()
	for name, wrap := range map[string]func(http.RoundTripper) http.RoundTripper{
		"none": nil, "one around ours": func(next http.RoundTripper) http.RoundTripper { return next },
	} {
		t.Run(name, func(t *testing.T) {
			tr, err := transport.New(transport.Options{Timeout: time.Second, Idle: 8, Wrap: wrap}, &hook.Guard{})
			if err != nil {
				t.Fatal(err)
			}
			addr := server.Listener.Addr().String()
			tr.Update([]discovery.Instance{{ID: "a", Addr: addr}}, func() {})
			opens(t, tr, addr, 0, wrap == nil)
			ask(t, tr, server.URL, 3)
			all.Add(3)
			opens(t, tr, addr, 3, true)
			server.CloseClientConnections()
			opens(t, tr, addr, 0, true)
			tr.Close()
			opens(t, tr, addr, 0, true)
		})
	}
}

func TestConnectionsOfTheAdoptersTransportAreNotKnown(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	tr, err := transport.New(transport.Options{Wrap: func(http.RoundTripper) http.RoundTripper { return http.DefaultTransport }}, &hook.Guard{})
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	ask(t, tr, server.URL, 1)
	opens(t, tr, server.Listener.Addr().String(), 0, false)
}
