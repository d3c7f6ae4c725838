package health

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestAnOpenPageHoldsUpNoShutdown(t *testing.T) {
	c := newMade(idleStats)
	defer close(c.done)
	server := httptest.NewServer(newHandler([]source{c}))
	defer server.Close()
	for range 2 {
		resp, err := http.Get(server.URL + "/events")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if err := server.Config.Shutdown(ctx); err != nil {
		t.Error(err)
	}
}

func TestAStreamOutlivesTheWriteTimeoutOfTheServer(t *testing.T) {
	c := newMade(idleStats)
	defer close(c.done)
	server := httptest.NewUnstartedServer(newHandler([]source{c}))
	server.Config.WriteTimeout, server.Config.ReadTimeout = 300*time.Millisecond, 300*time.Millisecond
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	resp, err := server.Client().Get(server.URL + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if c := resp.Header.Get("Cache-Control"); c != "no-store, no-transform" {
		t.Errorf("what stands between may compress it: %q", c)
	}
	v := viewing{resp.Body, bufio.NewReader(resp.Body)}
	for range 3 {
		if _, _, err := v.next(); err != nil {
			t.Fatal(resp.Proto, err)
		}
	}
}
