package middleware

import (
	"fmt"
	"net/http"
	"strings"
)

// maxTokens is the most attestations of a request, in header and body.
const maxTokens = 256

// findings are what one request holds: the SIDs, what speaks for them, and what is wrong.
type findings struct {
	most    int // SIDs
	found   []sighting
	tokens  []string
	faults  Faults
	refusal *Refusal // the first; what was found is then not complete
	body    []byte   // that was read, nil when it was not
}

// usual is how many SIDs a request has room for at first.
const usual = 16

// sighting is a SID that was found.
type sighting struct {
	Place
	field   *Field
	sid     string
	version string
}

func (f *findings) refuse(status int, detail string) { f.refuseFor(nil, status, detail) }

// refuseFor refuses for a cause that the answer does not tell.
func (f *findings) refuseFor(cause error, status int, detail string) {
	if f.refusal == nil {
		f.refusal = &Refusal{Status: status, Detail: detail, Err: cause}
	}
}

func (f *findings) add(s sighting) {
	if !f.room() {
		return
	}
	if f.found == nil {
		f.found = make([]sighting, 0, min(f.most, usual))
	}
	f.found = append(f.found, s)
}

func (f *findings) fault(fault Fault) {
	if f.room() {
		f.faults = append(f.faults, fault)
	}
}

// room reports whether one more SID may be looked at. One that is missing counts too: each is named in the answer.
func (f *findings) room() bool {
	if len(f.found)+len(f.faults) >= f.most {
		f.refuse(http.StatusUnprocessableEntity, fmt.Sprintf("the request holds more than %d SIDs", f.most))
	}
	return f.refusal == nil
}

// token takes an attestation of the body. It is copied: who remembers it must not keep the body with it.
func (f *findings) token(token string) {
	switch {
	case token == "":
	case len(f.tokens) == maxTokens:
		f.refuse(http.StatusUnprocessableEntity, fmt.Sprintf("the request holds more than %d attestations", maxTokens))
	default:
		f.tokens = append(f.tokens, strings.Clone(token))
	}
}
