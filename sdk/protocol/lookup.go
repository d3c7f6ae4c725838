package protocol

import (
	"context"
	"errors"
	"net/http"
	"unicode/utf8"
)

// lookup asks the store, and turns its error into a problem that tells nothing of it.
func (h *Handler) lookup(w http.ResponseWriter, r *http.Request, sids ...string) (map[string]Entity, *Problem) {
	ctx := r.Context()
	found, err := h.store.Lookup(ctx, sids)
	switch {
	case err == nil:
		return found, nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, &Problem{Status: http.StatusGatewayTimeout, Detail: "the time that " + HeaderTimeout + " left ran out"}
	case ctx.Err() != nil, errors.Is(err, ErrUnavailable): // the client hung up, or the server ends its requests
		return nil, comeBack(w, http.StatusServiceUnavailable, "this replica can't answer just now")
	}
	h.log.ErrorContext(ctx, "ms2: lookup failed", "error", err, "sids", len(sids))
	return nil, &Problem{Status: http.StatusInternalServerError, Detail: "the lookup failed"}
}

// label returns s, or "" when the client would call it malformed.
func label(s string) string {
	if len(s) > MaxLabelBytes || !utf8.ValidString(s) {
		return ""
	}
	return s
}
