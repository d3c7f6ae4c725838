// Package health shows an operator what a client knows of itself.
//
// Mount [Handler] on a port that only operators and the orchestrator reach: it tells the addresses of replicas.
//
//	go http.ListenAndServe("127.0.0.1:9090", health.Handler(client))
//
// # Kubernetes
//
// Use /readyz as the startup probe, and as the readiness probe if you like: it turns ready once and stays so until the
// client is closed, whatever becomes of MS2. A service must not be taken out of its load balancer because one that it
// asks is down: all its pods would go at once, while its cache can still answer, and what it does without MS2 with them.
// Do not use it as the liveness probe: a restart does not bring MS2 back, and it empties the cache.
package health

import (
	"encoding/json"
	"net/http"

	"ms2.internal/lb/sdk"
)

// Handler serves, by GET and HEAD:
//
//   - /stats: [sdk.Stats] as JSON, always 200.
//   - /readyz: 200 from the first time that a check could be answered until Close, else 503.
//
// It is safe for concurrent use and works on after the client was closed.
func Handler(c *sdk.Client) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /stats", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, c.Stats())
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		s := c.Stats()
		writeJSON(w, status(s.Ready), readiness{s.Ready, s.Discovery.Instances, s.Discovery.Error})
	})
	return mux
}

// readiness is the body of /readyz: whether, and if not, what may be the cause.
type readiness struct {
	Ready     bool    `json:"ready"`
	Instances int     `json:"instances"`
	Error     *string `json:"error"`
}

func status(ready bool) int {
	if ready {
		return http.StatusOK
	}
	return http.StatusServiceUnavailable
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	text, err := json.MarshalIndent(body, "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // the client left
}
