package service

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// lockedBuffer is what a log is written to while it is read.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// await waits until something answers.
func await(t *testing.T, address string) {
	t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	limit := time.After(30 * time.Second)
	for {
		resp, err := http.Get(address)
		if err == nil {
			resp.Body.Close()
			return
		}
		select {
		case <-ticker.C:
		case <-limit:
			t.Fatal(err)
		}
	}
}

func TestItServesUntilToldToStop(t *testing.T) {
	w := newWorld(t)
	t.Setenv("MS2_ENDPOINTS", w.ms2.Listener.Addr().String())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	addr := l.Addr().String()
	ok(t, l.Close())
	o, err := parse([]string{"-listen", addr, "-ms1", w.ms1.URL, "-drain", "100ms"})
	ok(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended, log := make(chan error, 1), &lockedBuffer{}
	go func() { ended <- run(ctx, o, slog.New(slog.NewTextHandler(log, nil))) }()
	await(t, "http://"+addr+"/healthz")
	if resp, text := ask(t, "POST", "http://"+addr+"/orders", body(t, line{"usb:046d:c52b", "usb:046d"})); resp.StatusCode != http.StatusCreated || !strings.Contains(text, "attested") {
		t.Errorf("got %d %s", resp.StatusCode, text)
	}
	cancel()
	if err := <-ended; err != nil || !strings.Contains(log.String(), "serving") {
		t.Errorf("ended with %v, logged %s", err, log)
	}
}

func TestTheHealthCheckFailsOnceItLeaves(t *testing.T) {
	h := &health{}
	for _, want := range []int{http.StatusOK, http.StatusServiceUnavailable} {
		o, err := parse([]string{"-ms1", "http://a"})
		ok(t, err)
		handler, err := o.routes(attesting, attesting, h, slog.New(slog.DiscardHandler))
		ok(t, err)
		w := recorder(handler, "GET", "/healthz")
		if w.Code != want {
			t.Errorf("got %d, want %d", w.Code, want)
		}
		h.leaving.Store(true)
	}
}
