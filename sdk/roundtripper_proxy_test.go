package sdk_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// On real sockets: a reverse proxy in front of MS2's data.

// gateway is a reverse proxy that reaches MS2 by a client.
func gateway(t *testing.T, c *sdk.Client) *httptest.Server {
	t.Helper()
	proxy := &httputil.ReverseProxy{
		Transport:     c.RoundTripper(),
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: "http", Host: "ms2"}) },
		FlushInterval: -1,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			w.WriteHeader(http.StatusBadGateway)
			io.WriteString(w, err.Error()) //nolint:errcheck // a test sees it
		},
	}
	s := httptest.NewServer(proxy)
	t.Cleanup(s.Close)
	return s
}

// through sends a request to the gateway.
func through(t *testing.T, g *httptest.Server, method, path string, body io.Reader) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, g.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := g.Client().Do(req)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	return resp.StatusCode, string(text)
}

// threeOnWire are three replicas and a client of them.
func threeOnWire(t *testing.T, h http.HandlerFunc) ([]*wireServer, *sdk.Client) {
	t.Helper()
	servers := []*wireServer{onWire(t, h), onWire(t, h), onWire(t, h)}
	cfg := sdk.Config{AttemptTimeout: 5 * time.Second, Timeout: 30 * time.Second}
	for _, s := range servers {
		cfg.Endpoints = append(cfg.Endpoints, s.addr())
	}
	c, err := sdk.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return servers, c
}

func TestThroughAGatewayAKilledReplicaIsNotNoticed(t *testing.T) {
	large := strings.Repeat("0123456789abcdef", 1<<13)
	servers, c := threeOnWire(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/large":
			io.WriteString(w, large) //nolint:errcheck // a test sees it
		case "/sum":
			h := sha256.New()
			io.Copy(h, r.Body) //nolint:errcheck // the test would see
			fmt.Fprintf(w, "%x", h.Sum(nil))
		default:
			io.WriteString(w, "small") //nolint:errcheck // the test would see
		}
	})
	g := gateway(t, c)
	upload := bytes.Repeat([]byte("x"), 1<<20)
	sum := fmt.Sprintf("%x", sha256.Sum256(upload))
	ask := func(i int) {
		if s, body := through(t, g, "GET", "/small?q=1", nil); s != 200 || body != "small" {
			t.Errorf("got %d, %q", s, body)
		}
		if s, body := through(t, g, "GET", "/large", nil); s != 200 || body != large {
			t.Errorf("got %d, %d bytes", s, len(body))
		}
		if i%10 == 0 {
			if s, body := through(t, g, "POST", "/sum", bytes.NewReader(upload)); s != 200 || body != sum {
				t.Errorf("got %d, %q", s, body)
			}
		}
	}
	var group sync.WaitGroup
	round := func() {
		for range 4 {
			group.Go(func() {
				for i := range 50 {
					ask(i)
				}
			})
		}
		group.Wait()
	}
	round()
	servers[0].CloseClientConnections()
	servers[0].Close()
	round()
	for i, s := range c.Stats().Replicas {
		if s.InFlight != 0 || s.Addr == servers[0].addr() && s.Failures == 0 || s.Addr != servers[0].addr() && s.Failures != 0 {
			t.Errorf("%d: %+v", i, s)
		}
	}
}

func TestThroughAGatewayABodyFlowsAndAClientThatLeavesEndsIt(t *testing.T) {
	left := make(chan struct{}, 3)
	_, c := threeOnWire(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "first") //nolint:errcheck // a test sees it
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		left <- struct{}{}
	})
	g := gateway(t, c)
	ctx, cancel := context.WithCancel(t.Context())
	req, _ := http.NewRequestWithContext(ctx, "GET", g.URL, nil)
	resp, err := g.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	bit := make([]byte, 5)
	if _, err := io.ReadFull(resp.Body, bit); err != nil || string(bit) != "first" {
		t.Errorf("got %q, %v", bit, err)
	}
	cancel()
	resp.Body.Close()
	<-left
	eventually(t, "the lease ends", func() bool {
		for _, s := range c.Stats().Replicas {
			if s.Ignored == 1 {
				return s.InFlight == 0
			}
		}
		return false
	})
}

func TestATrailerComesThrough(t *testing.T) {
	_, c := threeOnWire(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		io.WriteString(w, "body") //nolint:errcheck // a test sees it
		w.Header().Set("X-Sum", "42")
	})
	g := gateway(t, c)
	resp, err := g.Client().Get(g.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); string(body) != "body" || err != nil || resp.Trailer.Get("X-Sum") != "42" {
		t.Errorf("got %q, %v, %v", body, err, resp.Trailer)
	}
}

// On a real socket: no goroutine is left by bodies that were read, closed early, cut off or forgotten until Close.
func TestRequestsLeaveNoGoroutineBehind(t *testing.T) {
	s := onWire(t, func(w http.ResponseWriter, r *http.Request) {
		w.Write(make([]byte, 1<<17)) //nolint:errcheck // whatever
		if r.URL.Path == "/cut" {
			panic(http.ErrAbortHandler)
		}
		if r.URL.Path == "/flowing" {
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}
	})
	s.Config.ErrorLog = nil
	before := runtime.NumGoroutine()
	for range 5 {
		c, err := sdk.New(sdk.Config{Endpoints: []string{s.addr()}})
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/read", "/cut", "/closed", "/flowing", "/forgotten"} {
			resp, err := c.RoundTripper().RoundTrip(requested(t, "GET", path, ""))
			if err != nil {
				t.Fatal(err)
			}
			switch path {
			case "/read", "/cut":
				io.Copy(io.Discard, resp.Body) //nolint:errcheck // whatever
			case "/closed":
				resp.Body.Close()
			}
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	s.CloseClientConnections()
	eventually(t, "all goroutines end", func() bool { return runtime.NumGoroutine() <= before })
}
