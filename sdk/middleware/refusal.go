package middleware

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// The types of problems beside about:blank, which says no more than the status.
const (
	// TypeBadSIDs: the SIDs in errors are missing, malformed, unknown to MS2, of another kind, or their attestation was forged. The
	// same request will never pass. Status 422.
	TypeBadSIDs = "urn:ms2:bad-sids"

	// TypeUncheckedSIDs: the SIDs in errors could not be checked, and the others are good. Try again after Retry-After. Status 503.
	TypeUncheckedSIDs = "urn:ms2:unchecked-sids"
)

// Refusal is why a request did not reach the handler, and the body of the answer: problem details (RFC 9457).
type Refusal struct {
	// Type is [TypeBadSIDs], [TypeUncheckedSIDs] or about:blank.
	Type string `json:"type"`

	// Title says the type in words.
	Title string `json:"title"`

	// Status is the HTTP status.
	Status int `json:"status"`

	// Detail says what is wrong this time; "" for nothing to add.
	Detail string `json:"detail,omitempty"`

	// Errors names each SID at fault, in the order of the request; nil when the fault is the request's as a whole.
	Errors Faults `json:"errors,omitempty"`

	// RetryAfter is when to try again; 0 when that is of no use.
	RetryAfter time.Duration `json:"-"`

	// Err is the cause, for logs and not for the answer: those of Errors together, so that [errors.Is] finds an [sdk.ErrForged] among
	// them; or what went wrong with the request as a whole, such as an [*http.MaxBytesError]. nil when what the answer says is all.
	Err error `json:"-"`
}

// write answers with the refusal, which nobody may keep.
func (p *Refusal) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", protocol.ContentTypeProblem)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int((p.RetryAfter+time.Second-1)/time.Second)))
	}
	body, _ := json.Marshal(p) // strings and numbers alone can't fail
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // the client may be gone
}

// bad refuses a request for good.
func bad(faults Faults) *Refusal {
	return &Refusal{Type: TypeBadSIDs, Title: "Bad SIDs", Status: http.StatusUnprocessableEntity,
		Detail: "the request was not carried out, for what errors says of each SID", Errors: faults.placed(), Err: faults.cause()}
}

// unchecked asks to try again.
func unchecked(faults Faults) *Refusal {
	return &Refusal{Type: TypeUncheckedSIDs, Title: "SIDs could not be checked", Status: http.StatusServiceUnavailable,
		Detail: "the request was not carried out: try again", Errors: faults.placed(), RetryAfter: time.Second, Err: faults.cause()}
}

// complete gives a refusal without a type the one that says no more than the status.
func (p *Refusal) complete() {
	if p.Type == "" {
		p.Type, p.Title = "about:blank", http.StatusText(p.Status)
	}
}
