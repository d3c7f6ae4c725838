package service

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

var discard = slog.New(slog.DiscardHandler)

type everything struct{}

func (everything) Lookup(_ context.Context, sids []string) (map[string]protocol.Entity, error) {
	found := map[string]protocol.Entity{}
	for _, sid := range sids {
		found[sid] = protocol.Entity{Kind: map[bool]string{true: "product", false: "vendor"}[strings.Contains(sid, ":")]}
	}
	return found, nil
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func newOptions(t *testing.T) options {
	t.Helper()
	o, err := usual.parse([]string{"-listen", freeAddr(t), "-health", freeAddr(t), "-db", filepath.Join(t.TempDir(), "ms1.db"), "-drain", "1ms"})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// awaitReady waits until the port for operators says that a check could be answered.
func awaitReady(t *testing.T, addr string) {
	t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	limit := time.After(30 * time.Second)
	for {
		response, err := http.Get("http://" + addr + "/readyz")
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-ticker.C:
		case <-limit:
			t.Fatalf("not ready: %v", err)
		}
	}
}

func TestItServesUntilToldToStop(t *testing.T) {
	ms2 := httptest.NewServer(protocol.NewHandler(everything{}, protocol.HandlerOptions{}))
	defer ms2.Close()
	t.Setenv("MS2_ENDPOINTS", ms2.Listener.Addr().String())
	o := newOptions(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, o, SDK, discard) }()
	awaitReady(t, o.health)
	response, err := http.Post("http://"+o.listen+"/orders", "application/json", strings.NewReader(goodOrder))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, _ := io.ReadAll(response.Body); response.StatusCode != http.StatusCreated {
		t.Errorf("got %d %s", response.StatusCode, body)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestAStalledOrderIsRefusedInBoundedTime(t *testing.T) {
	t.Setenv("MS2_ENDPOINTS", "127.0.0.1:1")
	o := newOptions(t)
	o.ReadTimeout = 100 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, o, SDK, discard) }()
	conn := dial(t, o.listen)
	defer conn.Close()
	const half = "POST /orders HTTP/1.1\r\nHost: ms1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"customer\":"
	if _, err := io.WriteString(conn, half); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn) // it ends with the connection
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") || !strings.Contains(string(answer), `"status":400`) {
		t.Errorf("got %s, %v", answer, err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

// dial connects once somebody listens.
func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	for limit := time.Now().Add(30 * time.Second); time.Now().Before(limit); {
		if conn, err := net.Dial("tcp", addr); err == nil {
			return conn
		}
	}
	t.Fatal("nobody listens")
	return nil
}

func TestWhatCannotWorkIsSaidAtStart(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	t.Setenv("MS2_ENDPOINTS", "127.0.0.1:1")
	noListen, noHealth, noDB := newOptions(t), newOptions(t), newOptions(t)
	noListen.listen, noHealth.health = taken.Addr().String(), taken.Addr().String()
	noDB.db = filepath.Join(t.TempDir(), "no", "such", "folder")
	for want, o := range map[string]options{"-listen": noListen, "-health": noHealth, noDB.db: noDB} {
		if err := run(t.Context(), o, SDK, discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error that names %s", err, want)
		}
	}
	t.Setenv("MS2_TIMEOUT", "soon")
	if err := run(t.Context(), newOptions(t), SDK, discard); err == nil || !strings.Contains(err.Error(), "MS2_TIMEOUT") {
		t.Errorf("got %v, want an error that names MS2_TIMEOUT", err)
	}
}
