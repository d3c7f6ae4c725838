package protocol

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// answerSingle is the single door.
func (h *Handler) answerSingle(w http.ResponseWriter, r *http.Request) *Problem {
	if h.vary != "" {
		w.Header().Set("Vary", h.vary)
	}
	sid, err := sidOf(r)
	if err != nil {
		return &Problem{Status: http.StatusBadRequest, Detail: err.Error()}
	}
	wanted, subject, err := attestFor(r.Header)
	if err != nil {
		return &Problem{Status: http.StatusBadRequest, Detail: err.Error()}
	}
	asked := time.Now()
	found, p := h.lookup(w, r, sid)
	if p != nil {
		return p
	}
	entity, known := found[sid]
	if !known || entity.Retired {
		w.Header().Set("Cache-Control", h.invalid.cacheControl)
		return &Problem{Type: ProblemUnknownSID, Title: "Unknown SID", Status: http.StatusNotFound, SIDs: []string{sid}}
	}
	if wanted {
		for _, token := range h.attest(r.Context(), asked, subject, attested([]string{sid}, found)) {
			w.Header().Set(HeaderAttestation, token)
		}
	}
	h.writeEntity(w, r, sid, entity)
	return nil
}

// sidOf reads the SID from the path as it was sent.
func sidOf(r *http.Request) (string, error) {
	sid, err := url.PathUnescape(strings.TrimPrefix(r.URL.EscapedPath(), singlePrefix))
	if err == nil {
		err = CheckSID(sid)
	}
	return sid, err
}

// writeEntity answers with the entity, or says that what the client holds of it is still right (RFC 9110, 15.4.5).
func (h *Handler) writeEntity(w http.ResponseWriter, r *http.Request, sid string, entity Entity) {
	w.Header().Set("Cache-Control", h.valid.cacheControl)
	etag := etagOf(entity.Version)
	if etag != "" {
		w.Header().Set("ETag", etag)
	}
	if noneMatch := r.Header.Values("If-None-Match"); len(noneMatch) > 0 && matches(strings.Join(noneMatch, ","), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := appendString([]byte(`{"sid":`), sid)
	body = appendLabel(body, `,"kind":`, label(entity.Kind))
	body = appendLabel(body, `,"version":`, label(entity.Version))
	writeBody(w, http.StatusOK, "application/json", append(body, '}'))
}
