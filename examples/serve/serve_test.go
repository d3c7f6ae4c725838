package serve_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/examples/serve"
)

var options = serve.Options{Drain: 2 * time.Second, Patience: 5 * time.Second, ReadTimeout: 10 * time.Second}

// service is a site that is served until end is called.
type service struct {
	*pipes
	left  time.Time // when leave was called
	end   func()
	ended chan error
}

// start serves a handler that waits for as long as the path says, such as /3s, after it has read the body.
func start(t *testing.T) *service {
	ctx, cancel := context.WithCancel(t.Context())
	s := &service{pipes: newPipes(), end: cancel, ended: make(chan error, 1)}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		wait, _ := time.ParseDuration(strings.TrimPrefix(r.URL.Path, "/")) // 0 for none
		select {
		case <-time.After(wait):
		case <-r.Context().Done():
		}
	})
	go func() {
		s.ended <- options.Serve(ctx, slog.New(slog.DiscardHandler), func() { s.left = time.Now() }, serve.Site{Listener: s.pipes, Handler: handler})
	}()
	return s
}

func TestTheEndLosesNoRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, begin := start(t), time.Now()
		kept, slow := s.connect(t), s.connect(t)
		kept.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		if response := kept.answer(); response.StatusCode != http.StatusOK || response.Close {
			t.Errorf("before the end: got %v", response)
		}
		s.end()
		synctest.Wait()
		if !s.left.Equal(begin) {
			t.Errorf("it left at %v, want %v", s.left, begin)
		}
		time.Sleep(time.Second)
		kept.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		if response := kept.answer(); response.StatusCode != http.StatusOK || !response.Close || !kept.ended() {
			t.Errorf("while it leaves: got %v; want the connection closed with the answer", response)
		}
		slow.send("GET /4s HTTP/1.1\r\nHost: x\r\n\r\n")
		if response := slow.answer(); response.StatusCode != http.StatusOK {
			t.Errorf("under way: got %v", response)
		}
		if err := <-s.ended; err != nil || s.dial() != nil {
			t.Errorf("ended with %v, or serves on", err)
		}
		if took := time.Since(begin); took < 5*time.Second || took > 6*time.Second {
			t.Errorf("it took %v, want as long as the last request", took)
		}
	})
}

func TestARequestThatDoesNotEndIsGivenUpAfterAPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, begin := start(t), time.Now()
		slow := s.connect(t)
		slow.send("GET /10s HTTP/1.1\r\nHost: x\r\n\r\n")
		s.end()
		if err := <-s.ended; !errors.Is(err, context.DeadlineExceeded) || !slow.ended() {
			t.Errorf("ended with %v", err)
		}
		if took := time.Since(begin); took != options.Drain+options.Patience {
			t.Errorf("it took %v", took)
		}
		time.Sleep(10 * time.Second) // the handler ends
	})
}

// Browsers open connections to spare. net/http takes those for busy that are younger than 5 s.
func TestAConnectionWithoutARequestIsNoRequestAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t)
		s.end()
		time.Sleep(options.Drain - time.Millisecond)
		spare := s.connect(t)
		if err := <-s.ended; err != nil || !spare.ended() {
			t.Errorf("ended with %v, or without the connection", err)
		}
	})
}

// A handler may wait for somebody who hangs: time-outs of the connection end no handler.
func TestAHandlerEndsWhenItsAnswerWouldComeTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, begin := start(t), time.Now()
		conn := s.connect(t)
		conn.send("GET /1h HTTP/1.1\r\nHost: x\r\n\r\n")
		_ = conn.ended() // or an answer at the last moment
		if took := time.Since(begin); took != options.ReadTimeout+20*time.Second {
			t.Errorf("it took %v", took)
		}
		s.end()
		if err := <-s.ended; err != nil {
			t.Error(err)
		}
	})
}

func TestWhatAClientDelaysEndsInBoundedTime(t *testing.T) {
	for name, c := range map[string]struct {
		sent   string
		status int           // 0: the connection is closed
		after  time.Duration // at most
	}{
		"a head":          {"POST / HTTP/1.1\r\nHost: x\r\n", 0, 10 * time.Second},
		"nothing at all":  {"", 0, 10 * time.Second},
		"a body":          {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345", http.StatusBadRequest, 10 * time.Second},
		"another request": {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", http.StatusOK, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			s, begin := start(t), time.Now()
			conn := s.connect(t)
			conn.send(c.sent)
			switch {
			case c.status == 0 && !conn.ended():
				t.Errorf("%s: answered", name)
			case c.status != 0 && conn.answer().StatusCode != c.status:
				t.Errorf("%s: another answer than %d", name, c.status)
			}
			if took := time.Since(begin); took > c.after {
				t.Errorf("%s: it took %v, want %v", name, took, c.after)
			}
			if !conn.ended() || time.Since(begin) > c.after+2*time.Minute {
				t.Errorf("%s: the connection is still open", name)
			}
			s.end()
			if err := <-s.ended; err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAPortThatFailsEndsTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failing, other := newPipes(), newPipes()
		broken := errors.New("no more files")
		left := false
		err := options.Serve(t.Context(), slog.New(slog.DiscardHandler), func() { left = true },
			serve.Site{Listener: other, Handler: http.NotFoundHandler()},
			serve.Site{Listener: failed{failing, broken}, Handler: http.NotFoundHandler()})
		if !errors.Is(err, broken) || !left || other.dial() != nil {
			t.Errorf("got %v, left %t", err, left)
		}
	})
}

// failed is a listener that can't accept.
type failed struct {
	net.Listener
	err error
}

func (f failed) Accept() (net.Conn, error) { return nil, f.err }
