package service

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
)

// What a browser did not send whole is no fault of MS1: caidaoli/ccLoad 118, golang/go 23643.
func TestABodyThatDoesNotArriveWholeIsNotHeldAgainstMS1(t *testing.T) {
	g := gateway(t, newMS1(t).URL, attesting)
	for err, want := range map[error]int{os.ErrDeadlineExceeded: http.StatusRequestTimeout, io.ErrUnexpectedEOF: http.StatusBadRequest} {
		for _, size := range []int{10, 2 << 20} { // read ahead for its SIDs, and too large for that
			body := io.MultiReader(strings.NewReader(strings.Repeat("x", size)), iotest.ErrReader(err))
			req := httptest.NewRequest(http.MethodPost, "/orders", body)
			req.ContentLength = int64(size + 1)
			w := httptest.NewRecorder()
			g.Config.Handler.ServeHTTP(w, req)
			expectProblem(t, w.Result(), w.Body.String(), want) //nolint:bodyclose // there is nothing to close
		}
	}
}

// The transport repeats a POST that has an Idempotency-Key (golang/go 17844), which MS1 does not know.
func TestAnOrderIsSentOnceThoughMS1DiesBeforeItAnswers(t *testing.T) {
	for _, field := range []string{"X-Other: 1", "Idempotency-Key: 1", "X-Idempotency-Key: 1"} {
		m := newDyingMS1(t)
		g := gateway(t, "http://"+m.Addr().String(), attesting)
		for _, want := range []int{http.StatusCreated, http.StatusBadGateway} {
			if resp, _ := ask(t, http.MethodPost, g.URL+"/orders", sentOrder, field); resp.StatusCode != want {
				t.Errorf("%s: %d, want %d", field, resp.StatusCode, want)
			}
		}
		if n := m.orders.Load(); n != 2 {
			t.Errorf("%s: MS1 got %d orders, want 2", field, n)
		}
	}
}

// dyingMS1 takes two orders a connection, and closes it in place of the second answer.
type dyingMS1 struct {
	net.Listener
	orders atomic.Int64
}

func newDyingMS1(t *testing.T) *dyingMS1 {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	t.Cleanup(func() { l.Close() })
	m := &dyingMS1{Listener: l}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go m.serve(conn)
		}
	}()
	return m
}

func (m *dyingMS1) serve(conn net.Conn) {
	defer conn.Close()
	reader := bufio.NewReader(conn)
	for answers := range 2 {
		req, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, req.Body) // what is cut off is no order, and there is none such here
		m.orders.Add(1)
		if answers == 0 {
			fmt.Fprint(conn, "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
		}
	}
}
