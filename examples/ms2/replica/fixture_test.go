package replica

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"ms2.internal/lb/examples/ms2/catalog/catalogtest"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// start runs a replica until stop is called, which waits for it and fails the test when it ended badly.
func start(t *testing.T, l net.Listener, args ...string) (stop func()) {
	t.Helper()
	addr := l.Addr().String()
	args = append([]string{"-listen", addr, "-db", catalogtest.Path(t), "-drain", "1ms"}, args...)
	o, err := parse(args)
	if err != nil {
		t.Fatal(err)
	}
	store, err := open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serveOn(ctx, o, store, l, slog.New(slog.DiscardHandler)) }()
	await(t, addr)
	return func() {
		t.Helper()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the replica ended with %v", err)
		}
	}
}

// await waits until the replica is healthy.
func await(t *testing.T, addr string) {
	t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	limit := time.After(time.Minute)
	for {
		if status, _ := get("http://" + addr + "/healthz"); status == http.StatusOK {
			return
		}
		select {
		case <-ticker.C:
		case <-limit:
			t.Fatal("the replica does not become healthy")
		}
	}
}

// get returns status and body of a page, 0 when there is no answer.
func get(url string) (int, string) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(url)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(body)
}
