package orders

import (
	"encoding/json"
	"net/http"
)

// The types of problems that are MS1's own.
const (
	// ProblemBadSIDs: SIDs of the order are not genuine; errors says which. Sending it again is of no use.
	ProblemBadSIDs = "urn:ms1:bad-sids"

	// ProblemUnchecked: MS2 can't be asked just now; errors says about which. Send the order again later.
	ProblemUnchecked = "urn:ms1:unchecked-sids"
)

// problem are problem details with MS1's extension errors, which has the form of RFC 9457's own example.
type problem struct {
	Type   string    `json:"type,omitempty"`
	Title  string    `json:"title"`
	Status int       `json:"status"`
	Detail string    `json:"detail,omitempty"`
	Errors []finding `json:"errors,omitempty"`
}

func badSIDs(bad []finding) *problem {
	return &problem{
		Type: ProblemBadSIDs, Title: "The order names things that MS2 does not vouch for", Status: http.StatusUnprocessableEntity,
		Detail: "Nothing was stored. Fetch the data from MS2 again.", Errors: bad,
	}
}

func unchecked(open []finding) *problem {
	return &problem{
		Type: ProblemUnchecked, Title: "The order can't be checked just now", Status: http.StatusServiceUnavailable,
		Detail: "Nothing was stored. Send the order again.", Errors: open,
	}
}

func (p *problem) write(w http.ResponseWriter) {
	if p.Title == "" {
		p.Title = http.StatusText(p.Status)
	}
	if p.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	writeJSON(w, "application/problem+json", p.Status, p)
}

func writeJSON(w http.ResponseWriter, contentType string, status int, body any) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the browser left
}
