package protocol

import "net/http"

// answerKeys serves the keys that attestations are checked against, to everybody.
func (h *Handler) answerKeys(w http.ResponseWriter, r *http.Request) *Problem {
	if h.opts.Attester == nil {
		return nothingHere(w, r)
	}
	if p := allow(w, r, http.MethodGet, http.MethodHead); p != nil {
		return p
	}
	h.opts.Attester.Keys().ServeHTTP(w, r)
	return nil
}
