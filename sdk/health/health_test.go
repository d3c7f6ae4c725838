package health_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/health"
	"ms2.internal/lb/sdk/sdktest"
)

func get(t *testing.T, c *sdk.Client, path string) (int, map[string]any) {
	t.Helper()
	w := httptest.NewRecorder()
	health.Handler(c).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	var body map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("%s: %v in %s", path, err, w.Body)
	}
	return w.Code, body
}

func TestStatsAreServedAsJSON(t *testing.T) {
	ms2 := sdktest.New(t, map[string]bool{"a": true})
	if _, err := ms2.Client().Validate(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	code, body := get(t, ms2.Client(), "/stats")
	if code != http.StatusOK || body["service"] != "ms2" || body["checks"].(map[string]any)["fresh"] != 1.0 {
		t.Errorf("got %d, %v", code, body)
	}
	if replicas := body["replicas"].([]any); len(replicas) != 1 {
		t.Errorf("got replicas %v", replicas)
	}
}

// late is a source that tells of a replica when the test wants it.
type late chan struct{}

func (l late) Watch(ctx context.Context, update func(discovery.Snapshot)) error {
	update(discovery.Snapshot{Source: "late", Instances: []discovery.Instance{}})
	<-l
	update(discovery.Snapshot{Source: "late", Instances: []discovery.Instance{{ID: "a", Addr: "a.test:80", Weight: 1}}})
	update(discovery.Snapshot{Source: "late", Instances: []discovery.Instance{}})
	<-ctx.Done()
	return ctx.Err()
}

func TestReadyTurnsOnceAndStaysUntilClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := make(late)
		c, err := sdk.New(sdk.Config{}, sdk.WithSource(source))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		expect := func(when string, want int) {
			t.Helper()
			synctest.Wait()
			if code, body := get(t, c, "/readyz"); code != want {
				t.Errorf("%s: %d %v, want %d", when, code, body, want)
			}
		}
		expect("before the first replica", http.StatusServiceUnavailable)
		close(source)
		expect("when it came and went", http.StatusOK)
		c.Close()
		expect("after Close", http.StatusServiceUnavailable)
	})
}
