package middleware

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"ms2.internal/lb/sdk/protocol"
)

// collect finds all that is to be checked, until something makes it stop.
func (g *gate) collect(w http.ResponseWriter, r *http.Request) *findings {
	f := &findings{most: g.o.MaxSIDs}
	headerTokens(f, r.Header)
	var query url.Values
	if g.reads[inQuery] {
		query = readQuery(f, r)
	}
	for i := range g.o.SIDs {
		switch field := &g.o.SIDs[i]; field.in {
		case inPath:
			f.addAll(field, g.wildcard(f, r, field.name))
		case inQuery:
			f.addAll(field, parameter(f, query, field.name))
		case inHeader:
			f.addAll(field, r.Header.Values(field.name))
		}
	}
	if g.reads[inBody] && f.refusal == nil {
		g.readBody(f, w, r)
	}
	return f
}

// addAll adds each value of a field that is no part of the body.
func (f *findings) addAll(field *Field, values []string) {
	for _, value := range values {
		f.add(sighting{Place: field.place(), field: field, sid: value})
	}
	if len(values) == 0 && !field.optional {
		f.fault(Fault{Place: field.place(), Detail: "is missing"})
	}
}

// wildcard is what a wildcard of the route's pattern matched. A name that the pattern lacks is a mistake of the program: it would
// never be checked.
func (g *gate) wildcard(f *findings, r *http.Request, name string) []string {
	if value := r.PathValue(name); value != "" {
		return []string{value}
	}
	if !strings.Contains(r.Pattern, "{"+name+"}") && !strings.Contains(r.Pattern, "{"+name+"...}") {
		err := fmt.Errorf("pattern %q has no wildcard {%s}: wrap the handler of the route, inside http.ServeMux", r.Pattern, name)
		g.broken(r, err)
		f.refuseFor(err, http.StatusInternalServerError, "")
	}
	return nil
}

// readQuery refuses a query that parsers read differently, and a form in the body, which [http.Request.FormValue] would read instead.
func readQuery(f *findings, r *http.Request) url.Values {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		f.refuseFor(err, http.StatusBadRequest, "the query is malformed: percent-encode it, and separate parameters by &")
	}
	if isForm(r.Header) {
		f.refuse(http.StatusUnsupportedMediaType, "a form can't be sent here: its fields would stand for parameters of the query")
	}
	return query
}

// parameter returns the values of one, and refuses the same name in another case: some decoders take either.
func parameter(f *findings, query url.Values, name string) []string {
	for other := range query {
		if other != name && fold(other) == fold(name) {
			f.refuse(http.StatusBadRequest, "the query holds "+quote(other)+", which is another parameter but for its case")
		}
	}
	return query[name]
}

// isForm reports whether net/http would read the body as a form. It does so even where parameters of the type are malformed.
func isForm(h http.Header) bool {
	for _, value := range h.Values("Content-Type") {
		mediaType, _, _ := mime.ParseMediaType(value)
		if mediaType == "application/x-www-form-urlencoded" || strings.HasPrefix(mediaType, "multipart/") {
			return true
		}
	}
	return false
}

// headerTokens takes the attestations of the header.
func headerTokens(f *findings, h http.Header) {
	tokens, err := protocol.Attestations(h)
	if err != nil {
		f.refuseFor(err, http.StatusRequestHeaderFieldsTooLarge, err.Error()+": put them into the body")
	}
	f.tokens = tokens
}
