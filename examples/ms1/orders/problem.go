package orders

import (
	"cmp"
	"encoding/json"
	"net/http"

	"ms2.internal/lb/sdk/middleware"
	"ms2.internal/lb/sdk/protocol"
)

// problem is why an order was refused, in the form that the middleware answers in.
type problem middleware.Refusal

func badRequest(detail string) *problem {
	return &problem{Status: http.StatusBadRequest, Detail: detail}
}

func (p *problem) write(w http.ResponseWriter) {
	p.Type = cmp.Or(p.Type, "about:blank")
	p.Title = cmp.Or(p.Title, http.StatusText(p.Status))
	writeJSON(w, protocol.ContentTypeProblem, p.Status, p)
}

// writeJSON answers with what is for this one user.
func writeJSON(w http.ResponseWriter, contentType string, status int, body any) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the browser left
}
