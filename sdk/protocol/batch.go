package protocol

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"time"
)

// answerBatch is the batch door.
func (h *Handler) answerBatch(w http.ResponseWriter, r *http.Request) *Problem {
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media != "application/json" {
		return &Problem{Status: http.StatusUnsupportedMediaType, Detail: "send application/json"}
	}
	room := rooms.Get().(*room)
	defer room.leave()
	request, err := room.decode(r.Body)
	if err != nil {
		return refuseRequest(err)
	}
	sids := distinct(request.Items, room.versions)
	asked := time.Now()
	found, p := h.lookup(w, r, sids...)
	if p != nil {
		return p
	}
	for _, item := range request.Items {
		room.results = append(room.results, h.result(item.SID, room.versions[item.SID], found))
	}
	response := Response{Results: room.results}
	if request.Attest {
		response.Attestations = h.attest(r.Context(), asked, request.Subject, attested(sids, found))
	}
	if !room.write(response) {
		h.leftOut(r.Context())
	}
	w.Header().Set("Cache-Control", "no-store") // ages are each result's own
	writeBody(w, http.StatusOK, "application/json", room.answer)
	return nil
}

func (h *Handler) leftOut(ctx context.Context) {
	if count, tell := h.noRoom.note(); tell {
		h.log.ErrorContext(ctx, "ms2: attestations left out: with them the answer is too large", "limit", MaxResponseBytes, "count", count)
	}
}

// distinct returns each SID once, and fills in the version that all items of it hold: "" when they differ, so that they are
// answered alike and the answer suits each of them.
func distinct(items []Item, versions map[string]string) (sids []string) {
	sids = make([]string, 0, len(items))
	for _, item := range items {
		version, again := versions[item.SID]
		switch {
		case !again:
			sids = append(sids, item.SID)
			versions[item.SID] = item.Version
		case version != item.Version:
			versions[item.SID] = ""
		}
	}
	return sids
}

// result says what was found of sid to an asker who holds version.
func (h *Handler) result(sid, version string, found map[string]Entity) Result {
	entity, known := found[sid]
	if !known || entity.Retired {
		return Result{SID: sid, Status: StatusInvalid, MaxAge: h.invalid.maxAge}
	}
	r := Result{
		SID:                  sid,
		Status:               StatusUnchanged,
		MaxAge:               h.valid.maxAge,
		StaleWhileRevalidate: h.valid.staleWhileRevalidate,
		StaleIfError:         h.valid.staleIfError,
	}
	if version == "" || version != entity.Version {
		r.Status, r.Kind, r.Version = StatusValid, label(entity.Kind), label(entity.Version)
	}
	return r
}

// refuseRequest says what [DecodeRequest] found wrong.
func refuseRequest(err error) *Problem {
	p := &Problem{Status: http.StatusBadRequest, Detail: err.Error()}
	var item *ItemError
	switch {
	case errors.As(err, &item):
		p.Status = http.StatusUnprocessableEntity
		p.SIDs = []string{item.SID[:min(len(item.SID), MaxSIDBytes)]}
	case errors.Is(err, errNoItems):
		p.Status = http.StatusUnprocessableEntity
	case errors.Is(err, ErrTooLarge):
		p.Status = http.StatusRequestEntityTooLarge
	case !errors.Is(err, ErrMalformed):
		p.Detail = "the body could not be read"
	}
	return p
}
