package health

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

// serve serves on a network in memory, as a bubble needs it, and returns how to reach it. Nothing is buffered: a viewer that does not
// read blocks who writes.
func serve(t *testing.T, h http.Handler) *http.Client {
	t.Helper()
	l := pipes{make(chan net.Conn), make(chan struct{})}
	server := &http.Server{Handler: h}
	go server.Serve(l) //nolint:errcheck // it ends with Close
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return l.dial() }}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
	})
	return &http.Client{Transport: transport}
}

// pipes is a listener of connections in memory.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p pipes) dial() (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error   { close(p.done); return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes"} }

// viewing is a stream under way.
type viewing struct {
	body  io.ReadCloser
	lines *bufio.Reader
}

func watchStream(t *testing.T, client *http.Client, path string) viewing {
	t.Helper()
	resp, err := client.Get("http://health" + path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%s: %s, %v", path, resp.Status, resp.Header)
	}
	return viewing{resp.Body, bufio.NewReader(resp.Body)}
}

// next is the name and the data of the next event.
func (v viewing) next() (name, data string, err error) {
	for {
		line, err := v.lines.ReadString('\n')
		if err != nil {
			return "", "", err
		}
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "retry: ") || line == "" && name == "":
		case line == "":
			return name, data, nil
		case strings.HasPrefix(line, "event: "):
			name = line[len("event: "):]
		case strings.HasPrefix(line, "data: "):
			data = line[len("data: "):]
		default:
			return "", "", fmt.Errorf("unknown line %q", line)
		}
	}
}

func (v viewing) stats(t *testing.T) sdk.Stats {
	t.Helper()
	name, data, err := v.next()
	if err != nil || name != "stats" {
		t.Fatalf("event %q, %v", name, err)
	}
	var s sdk.Stats
	if err := json.Unmarshal([]byte(data), &s); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	return s
}

func TestAStreamTellsOnceASecondAndAtOnceOfAnEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newMade(idleStats)
		defer close(c.done)
		client := serve(t, newHandler([]source{c}))
		time.Sleep(10*time.Second + 500*time.Millisecond) // nobody looked so far
		v := watchStream(t, client, "/events")
		began := time.Now()
		after := func(want time.Duration, what string) sdk.Stats {
			t.Helper()
			s := v.stats(t)
			if waited := time.Since(began); waited != want {
				t.Errorf("%s came after %v, want %v", what, waited, want)
			}
			return s
		}
		after(0, "the first")
		after(500*time.Millisecond, "the second")
		after(1500*time.Millisecond, "the third")
		c.set(incident(1))
		if s := after(1600*time.Millisecond, "an event"); len(s.Events) != 5 {
			t.Errorf("%d events", len(s.Events))
		}
		after(2500*time.Millisecond, "what follows an event")
	})
}

func TestThePagesStreamHasThePagesWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newMade(func() sdk.Stats { return incident(1) })
		defer close(c.done)
		name, data, err := watchStream(t, serve(t, newHandler([]source{c})), "/events?as=page").next()
		var v view
		if err != nil || name != "page" || json.Unmarshal([]byte(data), &v) != nil || v.Summary != incident(1).Summary {
			t.Errorf("event %q, %v: %s", name, err, data)
		}
	})
}

func TestAViewerThatDoesNotReadHoldsUpNobodyAndIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newMade(func() sdk.Stats { return incident(1) })
		defer close(c.done)
		h := newHandler([]source{c})
		client := serve(t, h)
		slow := watchStream(t, client, "/events")
		v := watchStream(t, client, "/events")
		v.stats(t)
		began := time.Now()
		for range 20 {
			v.stats(t)
		}
		if waited := time.Since(began); waited != 20*time.Second {
			t.Errorf("twenty took %v", waited)
		}
		synctest.Wait()
		if n := len(h.watches[0].feed.all()); n != 1 {
			t.Errorf("%d viewers, the one that does not read among them", n)
		}
		slow.body.Close()
	})
}

func TestASlowViewerGetsTheNewest(t *testing.T) {
	f := newFeed()
	v := f.join(statsForm)
	for i := range 3 {
		f.publish(func(form) []byte { return fmt.Append(nil, i) })
	}
	if got := string(<-v.slot); got != "2" {
		t.Errorf("got %s", got)
	}
}

func TestAMessageIsEncodedOnceForAll(t *testing.T) {
	f := newFeed()
	for range maxViewers {
		f.join(pageForm)
	}
	encoded := 0
	f.publish(func(as form) []byte { encoded++; return []byte{byte(as)} })
	if encoded != 1 {
		t.Errorf("encoded %d times", encoded)
	}
}

func TestTheSeventeenthViewerIsToldToPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newMade(idleStats)
		defer close(c.done)
		client := serve(t, newHandler([]source{c}))
		streams := make([]viewing, maxViewers)
		for i := range streams {
			streams[i] = watchStream(t, client, "/events?as=page")
		}
		status := func() *http.Response {
			resp, err := client.Get("http://health/events?as=page")
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			synctest.Wait()
			return resp
		}
		if resp := status(); resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") != "2" {
			t.Errorf("%s, %v", resp.Status, resp.Header)
		}
		streams[0].body.Close()
		synctest.Wait()
		if resp := status(); resp.StatusCode != http.StatusOK {
			t.Errorf("after one left: %s", resp.Status)
		}
	})
}

func TestAStreamEndsAtCloseAndSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // which fails when a goroutine is left
		c := newMade(idleStats)
		client := serve(t, newHandler([]source{c}))
		v := watchStream(t, client, "/events")
		v.stats(t)
		closed := idleStats()
		closed.Closed = true
		c.set(closed)
		close(c.done)
		if s := v.stats(t); !s.Closed {
			t.Error("the last message does not show it")
		}
		if _, _, err := v.next(); err != io.EOF {
			t.Errorf("got %v", err)
		}
		late := watchStream(t, client, "/events")
		if s := late.stats(t); !s.Closed {
			t.Error("a stream of a closed client does not show it")
		}
		if _, _, err := late.next(); err != io.EOF {
			t.Errorf("got %v", err)
		}
	})
}

func TestWhereNothingCanBeStreamedThePagePolls(t *testing.T) {
	c := newMade(idleStats)
	defer close(c.done)
	w := httptest.NewRecorder() // knows no deadlines
	newHandler([]source{c}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/events", nil))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "2" {
		t.Errorf("%d, %v", w.Code, w.Header())
	}
}

func TestHeadOfTheStreamDoesNotStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newMade(idleStats)
		defer close(c.done)
		h := newHandler([]source{c})
		resp, err := serve(t, h).Head("http://health/events")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
			t.Errorf("%s, %v", resp.Status, resp.Header)
		}
		if h.watches[0].feed.watched() {
			t.Error("it streams")
		}
	})
}
