package sdk_test

import (
	"bufio"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// wireServer is a replica on a real socket that counts.
type wireServer struct {
	*httptest.Server
	conns, requests, closed atomic.Int64
}

// newWireServer is one that is not started.
func newWireServer(handler http.HandlerFunc) *wireServer {
	s := &wireServer{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		handler(w, r)
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			s.conns.Add(1)
		case http.StateClosed:
			s.closed.Add(1)
		}
	}
	return s
}

// onWire is a started one.
func onWire(t *testing.T, handler http.HandlerFunc) *wireServer {
	t.Helper()
	s := newWireServer(handler)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func (s *wireServer) addr() string { return s.Listener.Addr().String() }

// wireClient is a client whose times are guards only, and that asks once.
func wireClient(t *testing.T, cfg sdk.Config, opts ...sdk.Option) *sdk.Client {
	t.Helper()
	cfg.Timeout, cfg.AttemptTimeout = time.Minute, 30*time.Second
	if cfg.Attempts == 0 {
		cfg.Attempts = 1
	}
	client, err := sdk.New(cfg, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return client
}

// batchAnswer answers the lone SID a by the batch door.
func batchAnswer(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	_, _ = io.WriteString(w, `{"results":[{"sid":"a","status":"valid"}]}`)
}

func TestCallsOneAfterAnotherShareOneConnectionWhateverTheyAreAnswered(t *testing.T) {
	filler := `{"type":"about:blank","detail":"` + strings.Repeat("x", 5000) + `"}`
	single := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"7"`)
		w.Header().Set("Cache-Control", "max-age=60")
		if r.Header.Get("If-None-Match") == `"7"` {
			w.WriteHeader(304)
			return
		}
		_, _ = io.WriteString(w, `{"sid":"a","rest":"`+strings.Repeat("x", 5000)+`"}`)
	}
	failing := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, filler)
		}
	}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		config  sdk.Config
		fails   bool
	}{
		"200 by batch":  {batchAnswer, sdk.Config{CacheEntries: sdk.Off}, false},
		"200 by single": {single, sdk.Config{Protocol: "single", CacheEntries: sdk.Off}, false},
		"304":           {single, sdk.Config{Protocol: "single"}, false},
		"403":           {failing(403), sdk.Config{}, true},
		"422":           {failing(422), sdk.Config{}, true},
		"500":           {failing(500), sdk.Config{BreakerFailures: sdk.Off}, true},
		"404 by single": {failing(404), sdk.Config{Protocol: "single"}, true},
	} {
		s := onWire(t, c.handler)
		c.config.Endpoints = []string{s.addr()}
		client := wireClient(t, c.config)
		for range 100 {
			if _, err := client.Validate(t.Context(), "a", sdk.NoCache()); (err != nil) != c.fails {
				t.Fatalf("%s: %v", name, err)
			}
		}
		// On a starved machine net/http itself drops a connection whose writing goroutine did not run for 50 ms.
		if conns, requests := s.conns.Load(), s.requests.Load(); conns > 5 || requests != 100 {
			t.Errorf("%s: %d connections for %d requests", name, conns, requests)
		}
	}
}

func TestTheBodyOfAnErrorIsNotReadWhole(t *testing.T) {
	const size, calls = 64 << 20, 10 // more than the buffers of a socket hold, at both ends
	var sent atomic.Int64
	block := make([]byte, 64<<10)
	s := onWire(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(500)
		for written := 0; written < size; written += len(block) {
			n, err := w.Write(block)
			if sent.Add(int64(n)); err != nil {
				return
			}
		}
	})
	client := wireClient(t, sdk.Config{Endpoints: []string{s.addr()}, BreakerFailures: sdk.Off})
	for range calls {
		if _, err := client.Validate(t.Context(), "a"); err == nil {
			t.Fatal("no error")
		}
	}
	s.Close() // waits for the handlers
	if conns := s.conns.Load(); conns > calls || sent.Load() > size*calls/2 {
		t.Errorf("%d connections, %d MiB of %d", conns, sent.Load()>>20, size*calls>>20)
	}
}

func TestConcurrentCallsUseAsManyConnectionsAsThereAreCalls(t *testing.T) {
	const rounds, calls = 20, 50
	for name, answer := range map[string]http.HandlerFunc{
		"batch": func(w http.ResponseWriter, r *http.Request) { batchAnswerFor(w, r) },
		"single": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, `{"sid":"`+strings.TrimPrefix(r.URL.Path, "/v1/sids/")+`"}`)
		},
	} {
		gate := make(chan struct{})
		s := onWire(t, func(w http.ResponseWriter, r *http.Request) {
			<-gate
			answer(w, r)
		})
		client := wireClient(t, sdk.Config{
			Endpoints: []string{s.addr()}, Protocol: name, CacheEntries: sdk.Off, BatchMax: 1, BatchInflight: calls,
		})
		for range rounds {
			var group sync.WaitGroup
			for i := range calls {
				group.Go(func() {
					if _, err := client.Validate(t.Context(), fmt.Sprint("sid", i)); err != nil {
						t.Error(err)
					}
				})
			}
			for range calls {
				gate <- struct{}{} // all of them are under way at once
			}
			group.Wait()
		}
		if conns, requests := s.conns.Load(), s.requests.Load(); conns > calls+calls/5 || requests != rounds*calls {
			t.Errorf("%s: %d connections for %d requests", name, conns, requests)
		}
	}
}

// batchAnswerFor calls the one SID of a batch valid.
func batchAnswerFor(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	_, rest, _ := strings.Cut(string(body), `"sid":"`)
	sid, _, _ := strings.Cut(rest, `"`)
	_, _ = io.WriteString(w, `{"results":[{"sid":"`+sid+`","status":"valid"}]}`)
}

func TestAConnectionThatTheServerClosedWhileIdleIsNobodysFailure(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	var dropped atomic.Int64
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go answerOnce(c, &dropped)
		}
	}()
	client := wireClient(t, sdk.Config{Endpoints: []string{l.Addr().String()}, Protocol: "batch", CacheEntries: sdk.Off})
	for range 50 {
		if v, err := client.Validate(t.Context(), "a"); err != nil || !v.Valid {
			t.Fatal(err)
		}
	}
	stats := client.Stats()
	if r := stats.Replicas[0]; dropped.Load() == 0 || r.Failures != 0 || r.Successes != 50 || stats.Retries != 0 {
		t.Errorf("%d connections dropped, %+v, %d retries", dropped.Load(), r, stats.Retries)
	}
}

// answerOnce answers the first request of a connection, and closes it when the second comes, as a server does that had
// decided to close an idle connection just before.
func answerOnce(c net.Conn, dropped *atomic.Int64) {
	defer c.Close()
	r := bufio.NewReader(c)
	req, err := http.ReadRequest(r)
	if err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, req.Body)
	const body = `{"results":[{"sid":"a","status":"valid"}]}`
	_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\n"+body)
	if _, err := http.ReadRequest(r); err == nil {
		dropped.Add(1)
	}
}

func TestAProxyOfTheEnvironmentIsNotUsed(t *testing.T) {
	const child = "MS2_TEST_PROXY_CHILD"
	if os.Getenv(child) != "" { // net/http reads the environment once, so it needs a process of its own
		client := wireClient(t, sdk.Config{Endpoints: []string{"ms2.invalid:80"}})
		var failed *sdk.CallError
		if _, err := client.Validate(t.Context(), "a"); !errors.As(err, &failed) || failed.Status != 0 {
			t.Errorf("%v", err)
		}
		return
	}
	proxy := onWire(t, batchAnswer)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), child+"=1", "HTTP_PROXY=http://"+proxy.addr(), "http_proxy=http://"+proxy.addr(), "NO_PROXY=", "no_proxy=")
	if out, err := cmd.CombinedOutput(); err != nil || proxy.requests.Load() != 0 {
		t.Errorf("%v, %d requests at the proxy\n%s", err, proxy.requests.Load(), out)
	}
}

func TestManyCallsShareOneConnectionOfHTTP2(t *testing.T) {
	var protocols sync.Map
	s := newWireServer(func(w http.ResponseWriter, r *http.Request) {
		protocols.Store(r.Proto, true)
		batchAnswerFor(w, r)
	})
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	ca := configFile(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})))
	client := wireClient(t, sdk.Config{
		Endpoints: []string{s.addr()}, Scheme: "https", TLSCAFile: ca, CacheEntries: sdk.Off, BatchMax: 1, BatchInflight: 50,
	})
	for _, calls := range []int{1, 50, 50} {
		var group sync.WaitGroup
		for i := range calls {
			group.Go(func() {
				if _, err := client.Validate(t.Context(), fmt.Sprint("sid", i)); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	}
	if _, h1 := protocols.Load("HTTP/1.1"); h1 || s.conns.Load() != 1 || s.requests.Load() != 101 {
		t.Errorf("%d connections for %d requests, HTTP/1.1 %v", s.conns.Load(), s.requests.Load(), h1)
	}
}
