package sdk_test

import (
	"encoding/json"
	"fmt"
	"net/http"

	"ms2.internal/lb/sdk/protocol"
)

// pages answers the single door with what each makes of an item, as an MS2 of today does; an empty status is a bare 404.
func pages(each func(protocol.Item) protocol.Result) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		items := itemsOf(r)
		if r.Method != http.MethodGet || len(items) != 1 {
			status(http.StatusMethodNotAllowed)(w, r)
			return
		}
		result := each(items[0])
		result.SID = items[0].SID
		page(w, result)
	}
}

func page(w http.ResponseWriter, r protocol.Result) {
	w.Header().Set("Cache-Control", fmt.Sprintf("max-age=%d, stale-while-revalidate=%d, stale-if-error=%d", r.MaxAge, r.StaleWhileRevalidate, r.StaleIfError))
	if r.Version != "" {
		w.Header().Set("ETag", r.Version)
	}
	switch r.Status {
	case protocol.StatusValid:
		json.NewEncoder(w).Encode(map[string]string{"sid": r.SID, "kind": r.Kind}) //nolint:errcheck // a test sees what is missing
	case protocol.StatusInvalid:
		protocol.WriteProblem(w, protocol.Problem{Status: http.StatusNotFound, Type: protocol.ProblemUnknownSID, SIDs: []string{r.SID}})
	case protocol.StatusUnchanged:
		w.WriteHeader(http.StatusNotModified)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// doors answers the batch door by one handler and the single door by another.
func doors(batch, single http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			batch(w, r)
		} else {
			single(w, r)
		}
	}
}
