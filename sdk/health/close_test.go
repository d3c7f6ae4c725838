package health_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/health"
	"ms2.internal/lb/sdk/sdktest"
)

// On a real socket: streams end by themselves when the client is closed, and so does what watched it.
func TestCloseEndsTheStreamsAndTheGoroutines(t *testing.T) {
	before := runtime.NumGoroutine()
	ms2 := sdktest.New(t, nil)
	client := ms2.Client()
	server := httptest.NewServer(health.Handler(client, client))
	var streams sync.WaitGroup
	for _, path := range []string{"/events", "/events?as=page", "/events?client=ms2-2"} {
		resp, err := server.Client().Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		streams.Go(func() {
			defer resp.Body.Close()
			body := new(strings.Builder)
			_, err := fmt.Fscan(resp.Body, new(string)) // the first word came
			if err == nil {
				err = resp.Write(body)
			}
			if err != nil || !strings.Contains(body.String(), `"closed":true`) {
				t.Errorf("%s: %v, ends in %.100s", path, err, body)
			}
		})
	}
	if err := client.Close(); err != nil {
		t.Error(err)
	}
	streams.Wait()
	server.Client().CloseIdleConnections()
	server.Close()
	guard := time.After(10 * time.Second)
	for runtime.NumGoroutine() > before+2 { // the server of sdktest ends with the test
		select {
		case <-guard:
			t.Fatalf("%d goroutines, before %d", runtime.NumGoroutine(), before)
		default:
			runtime.Gosched()
		}
	}
}

// swapped is a source whose replicas are all others each time.
type swapped struct{ times int }

func (s swapped) Watch(ctx context.Context, update func(discovery.Snapshot)) error {
	for i := range s.times {
		set := []discovery.Instance{}
		for j := range 3 {
			set = append(set, discovery.Instance{ID: fmt.Sprintf("%d-%d", i, j), Addr: fmt.Sprintf("r%d-%d.test:80", i, j), Weight: 1})
		}
		update(discovery.Snapshot{Source: "swapped", Instances: set})
		time.Sleep(20 * time.Millisecond)
	}
	<-ctx.Done()
	return ctx.Err()
}

// down is a network on which nobody answers.
type down struct{}

func (down) RoundTrip(*http.Request) (*http.Response, error) { return nil, fmt.Errorf("down") }

func TestAllReadsAreWholeWhileAllFailsAndAllReplicasAreSwapped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := sdk.New(sdk.Config{Endpoints: nil}, sdk.WithSource(swapped{times: 500}),
			sdk.WithTransport(func(http.RoundTripper) http.RoundTripper { return down{} }))
		if err != nil {
			t.Fatal(err)
		}
		h := health.Handler(c)
		ctx, cancel := context.WithTimeout(t.Context(), 11*time.Second)
		defer cancel()
		var all sync.WaitGroup
		all.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				c.Validate(ctx, fmt.Sprint("sid", i)) //nolint:errcheck // it fails
				time.Sleep(50 * time.Millisecond)
			}
		})
		for _, path := range []string{"/", "/stats", "/stats?as=page", "/readyz"} {
			all.Go(func() {
				for ctx.Err() == nil {
					read(t, h, path)
					time.Sleep(397 * time.Millisecond)
				}
			})
		}
		all.Wait()
		c.Close() //nolint:errcheck // what is read after it counts
		for _, path := range []string{"/", "/stats", "/stats?as=page", "/readyz"} {
			read(t, h, path)
		}
	})
}

// read reads one answer whole.
func read(t *testing.T, h http.Handler, path string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	body := w.Body.String()
	if path == "/" && !strings.Contains(body, "</html>") || path != "/" && !json.Valid([]byte(body)) {
		t.Errorf("%s: %d %s", path, w.Code, body)
	}
}
