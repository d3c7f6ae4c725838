package attempt_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/internal/hook"
	"ms2.internal/lb/sdk/internal/memnet"
	"ms2.internal/lb/sdk/internal/transport"
)

// stand is a sender and the one replica that it knows.
type stand struct {
	*attempt.Sender
	hooks    *hook.Guard
	instance discovery.Instance
}

// options are those of production, changed by each of change.
func options(t *testing.T, change ...func(*attempt.Options)) attempt.Options {
	t.Helper()
	single, err := attempt.ParseTemplate("/v1/sids/{sid}")
	if err != nil {
		t.Fatal(err)
	}
	at, err := attempt.ParsePointer("sid")
	if err != nil {
		t.Fatal(err)
	}
	token, _ := transport.NewToken("", "")
	o := attempt.Options{
		Options: transport.Options{Timeout: 5 * time.Second, Idle: 8},
		Context: t.Context(), Scheme: "http", Protocol: "auto", Single: single, SIDAt: at,
		MaxAge: 24 * time.Hour, Token: token,
	}
	for _, c := range change {
		c(&o)
	}
	return o
}

// over is a sender to the replica at addr.
func over(t *testing.T, addr string, o attempt.Options) *stand {
	t.Helper()
	s := &stand{hooks: &hook.Guard{}, instance: discovery.Instance{ID: "a", Addr: addr, Weight: 1}}
	var err error
	if s.Sender, err = attempt.New(o, s.hooks); err != nil {
		t.Fatal(err)
	}
	s.Update([]discovery.Instance{s.instance}, func() {})
	t.Cleanup(s.Close)
	return s
}

// against is a sender to a replica on loopback that answers with handler.
func against(t *testing.T, handler http.HandlerFunc, change ...func(*attempt.Options)) *stand {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return over(t, server.Listener.Addr().String(), options(t, change...))
}

// batch asks by the batch door.
func (s *stand) batch(t *testing.T, items ...attempt.Item) attempt.Reply {
	t.Helper()
	return s.Send(guarded(t), s.instance, cache.Batch, items, time.Second)
}

// single asks by the single door.
func (s *stand) single(t *testing.T, item attempt.Item) attempt.Reply {
	t.Helper()
	return s.Send(guarded(t), s.instance, cache.Single, []attempt.Item{item}, time.Second)
}

// confirm asks by the single door, and finds out what a bare 404 means.
func (s *stand) confirm(t *testing.T, item attempt.Item) attempt.Reply {
	t.Helper()
	r := s.single(t, item)
	if r.Next == attempt.Confirm {
		r = s.Confirm(guarded(t), s.instance, item, time.Second)
	}
	return r
}

// guarded is a context that ends a test which hangs.
func guarded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// held is an item with a valid verdict of a version, learnt by a door; the single door's has its tag.
func held(sid, version string, door cache.Door) attempt.Item {
	var tag string
	if door == cache.Single {
		tag = `"` + version + `"`
	}
	return attempt.Item{SID: sid, Held: &cache.Entry{
		Valid: true, Kind: "vendor", Version: version, Tag: tag, Door: door,
		MaxAge: 5 * time.Second, WhileRevalidate: 6 * time.Second, IfError: 7 * time.Second,
	}}
}

// answering is a handler that answers everything alike; fields are names and values of header fields in turn.
func answering(status int, body string, fields ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for i := 0; i < len(fields); i += 2 {
			w.Header().Add(fields[i], fields[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// saying fails the test unless the reply's error says all of words.
func saying(t *testing.T, r attempt.Reply, words ...string) {
	t.Helper()
	if r.Err == nil {
		t.Fatalf("no error, want one that says %q", words)
	}
	for _, word := range words {
		if !strings.Contains(r.Err.Error(), word) {
			t.Errorf("error %q does not say %q", r.Err, word)
		}
	}
}

// inMemory is a sender to a replica inside the process, for a bubble of synctest.
func inMemory(t *testing.T, handler http.HandlerFunc, change ...func(*attempt.Options)) *stand {
	t.Helper()
	network := &memnet.Network{}
	server := &http.Server{Handler: handler}
	go server.Serve(network.Listen("a:1")) //nolint:errcheck // it ends with Close
	net := &http.Transport{DialContext: network.DialContext}
	t.Cleanup(func() {
		net.CloseIdleConnections()
		server.Close()
	})
	return over(t, "a:1", options(t, append(change, func(o *attempt.Options) {
		o.Wrap = func(http.RoundTripper) http.RoundTripper { return net }
	})...))
}
