package pages

import (
	"errors"
	"net/http"
	"time"

	"ms2.internal/lb/examples/login"
	"ms2.internal/lb/examples/ms2/catalog"
	"ms2.internal/lb/sdk/protocol"
)

// one answers GET /v1/entities/{sid}. It answers as the single door of the wire contract does, so that a client of the SDK can be
// pointed at it: an ETag that is the version, and a 404 that names the SID.
func (p pages) one(w http.ResponseWriter, r *http.Request) {
	sid, asked := r.PathValue("sid"), time.Now()
	e, err := p.store.Entity(r.Context(), sid)
	switch {
	case errors.Is(err, catalog.ErrUnknown):
		p.unknown(w, sid)
		return
	case err != nil:
		p.fail(w, r, err)
		return
	}
	v := p.visit(r, asked)
	if err := v.attest(&e); err != nil {
		p.fail(w, r, err)
		return
	}
	if e.Attestation != "" {
		w.Header().Set(protocol.HeaderAttestation, e.Attestation) // for a gateway, which reads no body
	}
	v.answer(w, r, e, `"`+e.Version+`"`)
}

// unknown answers that there is no such entity, or none any more.
func (p pages) unknown(w http.ResponseWriter, sid string) {
	w.Header().Set("Cache-Control", cacheControl("public", p.NegativeAge))
	w.Header().Add("Vary", login.Header)
	protocol.WriteProblem(w, protocol.Problem{
		Type: protocol.ProblemUnknownSID, Title: "Unknown SID", Status: http.StatusNotFound, SIDs: []string{sid},
	})
}
