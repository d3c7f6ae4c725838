package protocol

import (
	"cmp"
	"encoding/json"
	"net/http"
)

// ContentTypeProblem is the media type of problem details (RFC 9457, 3).
const ContentTypeProblem = "application/problem+json"

// problemBlank is the type that says no more than the status does (RFC 9457, 4.2.1).
const problemBlank = "about:blank"

// Problem is why a request failed, in a form that machines read: problem details (RFC 9457).
type Problem struct {
	// Type is a URI that names the kind of problem; "" is the same as "about:blank": no more than Status says.
	Type string `json:"type,omitempty"`

	// Title says the type in words; "" is the status's own text.
	Title string `json:"title,omitempty"`

	// Status is the HTTP status, 400 to 599.
	Status int `json:"status,omitempty"`

	// Detail says what is wrong this time, for a human; "" for nothing to add.
	Detail string `json:"detail,omitempty"`

	// Instance is a URI that names this one occurrence; "" for none.
	Instance string `json:"instance,omitempty"`

	// SIDs are the SIDs at fault, when it is some and not all; nil else.
	SIDs []string `json:"sids,omitempty"`
}

// WriteProblem answers with p, which gets the type about:blank, the status's title, and the status 500 where it has none
// or one that is no error. Unless Cache-Control was set before, nobody may keep the answer.
func WriteProblem(w http.ResponseWriter, p Problem) {
	if p.Status < 400 || p.Status > 599 {
		p.Status = http.StatusInternalServerError
	}
	p.Type = cmp.Or(p.Type, problemBlank)
	p.Title = cmp.Or(p.Title, http.StatusText(p.Status))
	h := w.Header()
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	body, _ := json.Marshal(p) // strings and numbers alone can't fail
	writeBody(w, p.Status, ContentTypeProblem, body)
}

// DecodeProblem reads problem details as RFC 9457, 3.1 asks of a reader: a member of the wrong type is ignored, and so is
// an unknown one. Of members with the same name the last of the right type counts. An absent type is "about:blank".
// SIDs holds the first [MaxItems] of sids. A string longer than [MaxSIDBytes] names no SID and is left out.
//
// Its error wraps [ErrMalformed]: the body is not one JSON object. The cost is linear in body, whatever it holds.
func DecodeProblem(body []byte) (Problem, error) {
	s := scanner{data: body}
	p := s.problem()
	if err := s.end(); err != nil {
		return Problem{}, err
	}
	return p, nil
}

func (s *scanner) problem() Problem {
	p := Problem{Type: problemBlank}
	for more := s.open('{'); more; more = s.more('}') {
		switch string(s.key()) {
		case "type":
			s.stringInto(&p.Type)
		case "title":
			s.stringInto(&p.Title)
		case "status":
			s.statusInto(&p.Status)
		case "detail":
			s.stringInto(&p.Detail)
		case "instance":
			s.stringInto(&p.Instance)
		case "sids":
			s.sidsInto(&p.SIDs)
		default:
			s.skip()
		}
	}
	return p
}

// stringInto reads a string into to, and skips a value of any other type.
func (s *scanner) stringInto(to *string) {
	if s.begins('"') {
		*to = string(s.str())
	}
}

// begins reports whether the next value begins with c, and skips one that does not.
func (s *scanner) begins(c byte) bool {
	if s.peek() == c {
		return true
	}
	s.skip()
	return false
}

// sidsInto reads the strings of an array into to: no more and no longer ones than a batch can ask about.
func (s *scanner) sidsInto(to *[]string) {
	if !s.begins('[') {
		return
	}
	*to = nil
	for more := s.open('['); more; more = s.more(']') {
		if !s.begins('"') {
			continue
		}
		if sid := s.str(); len(sid) <= MaxSIDBytes && len(*to) < MaxItems {
			*to = append(*to, string(sid))
		}
	}
}

// statusInto reads an HTTP status into to, and skips what is not one.
func (s *scanner) statusInto(to *int) {
	if c := s.peek(); c < '0' || c > '9' {
		s.skip()
		return
	}
	if status, err := json.Number(s.number()).Int64(); err == nil && status >= 100 && status <= 599 {
		*to = int(status)
	}
}

func writeBody(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may be gone; for HEAD, net/http keeps the length and drops the rest
}
