package service

import (
	"io"
	"net/http"
	"sync/atomic"
)

// operators serves what operators see: [Checks.Operators], but for /readyz once the service leaves. Then it is 503, and a load
// balancer sends no more orders.
type operators struct {
	checks  http.Handler // nil: the service is ready as long as it runs
	leaving atomic.Bool
}

// ServeHTTP answers one request.
func (o *operators) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch ready := r.URL.Path == "/readyz"; {
	case ready && o.leaving.Load():
		answer(w, http.StatusServiceUnavailable, `{"ready":false,"leaving":true}`)
	case o.checks != nil:
		o.checks.ServeHTTP(w, r)
	case ready:
		answer(w, http.StatusOK, `{"ready":true}`)
	default:
		http.NotFound(w, r)
	}
}

func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body+"\n") // the asker left
}
