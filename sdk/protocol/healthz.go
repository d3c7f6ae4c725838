package protocol

import "net/http"

// answerHealth is the health check. It tells why in a word, and never more: it asks for no token.
func (h *Handler) answerHealth(w http.ResponseWriter, r *http.Request) *Problem {
	if p := allow(w, r, http.MethodGet, http.MethodHead); p != nil {
		return p
	}
	if h.draining.Load() {
		return comeBack(w, http.StatusServiceUnavailable, "draining")
	}
	if h.opts.Health != nil {
		if err := h.opts.Health(r.Context()); err != nil {
			h.log.WarnContext(r.Context(), "ms2: unhealthy", "error", err)
			return comeBack(w, http.StatusServiceUnavailable, "unhealthy")
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	writeBody(w, http.StatusOK, "application/json", []byte(`{"status":"ok"}`))
	return nil
}
