package service

import (
	"net/http"
	"sync/atomic"

	"ms2.internal/lb/sdk/protocol"
)

// health is what load balancers ask. It fails once the gateway leaves.
type health struct{ leaving atomic.Bool }

// ServeHTTP answers 200 or 503.
func (h *health) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	if h.leaving.Load() {
		protocol.WriteProblem(w, protocol.Problem{Status: http.StatusServiceUnavailable, Detail: "the gateway leaves"})
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte("ok\n")) // who asked may be gone
}
