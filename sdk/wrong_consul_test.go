package sdk_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// nobodyRegistered is a Consul that knows no service: it answers at once, and then when the asker leaves.
func nobodyRegistered(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.URL.Path, "/v1/health/service/") {
		http.NotFound(w, r)
		return
	}
	if r.URL.Query().Get("index") != "" {
		<-r.Context().Done()
	}
	says(http.StatusOK, "application/json", "[]", "X-Consul-Index", "7", "X-Consul-KnownLeader", "true", "X-Consul-LastContact", "0")(w, r)
}

func TestAWrongServiceNameIsWarnedOfAtConsulsFirstAnswer(t *testing.T) {
	consul := httptest.NewServer(http.HandlerFunc(nobodyRegistered))
	defer consul.Close()
	setEnv(t, "CONSUL_HTTP_ADDR", consul.URL)
	log := &lines{}
	c, err := sdk.New(sdk.Config{Service: "ms3"}, sdk.WithLogger(slog.New(log)))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // nothing is held up
	for end := time.Now().Add(10 * time.Second); len(log.of(slog.LevelWarn)) == 0 && time.Now().Before(end); {
		<-time.After(time.Millisecond)
	}
	s := c.Stats()
	if told := log.of(slog.LevelWarn); len(told) != 1 || eventsOf(told[0])[0] != "failing no_replicas" {
		t.Errorf("%d warnings: %v", len(told), told)
	}
	want := `No replica of MS2 is known: consul names none for the service "ms3"; is MS2 registered and healthy, and MS2_SERVICE right?`
	if s.Summary != want || problemOf(s.Problems[0]) != "critical no_replicas" || s.Ready {
		t.Errorf("%q, %+v", s.Summary, s.Problems)
	}
}
