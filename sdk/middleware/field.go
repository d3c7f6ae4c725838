package middleware

import "net/http"

// Field names a place in a request where SIDs are: see [Path], [Query], [Header] and [JSON]. It is required unless [Field.Optional]
// says otherwise.
type Field struct {
	in       in
	name     string
	kind     string
	version  string
	optional bool
}

// in is a part of a request.
type in byte

const (
	inPath in = iota + 1
	inQuery
	inHeader
	inBody
)

// Path is the SID that the wildcard name of the route's pattern matched, as in "PUT /products/{sid}": see [http.Request.PathValue].
// A pattern without that wildcard is answered 500 and logged. kind is what the SID must be, such as "product"; "" for any kind.
func Path(name, kind string) Field { return Field{in: inPath, name: name, kind: kind} }

// Query is a parameter of the URL's query. Every value of a repeated one is checked, and a request with a parameter of the same name
// in another case is refused. Read it by r.URL.Query() and never by r.FormValue, which prefers the body: requests with a form for a
// body are refused.
func Query(name, kind string) Field { return Field{in: inQuery, name: name, kind: kind} }

// Header is a header field. Each one of a repeated field is checked, as a whole: a list with commas is no SID.
func Header(name, kind string) Field {
	return Field{in: inHeader, name: http.CanonicalHeaderKey(name), kind: kind}
}

// JSON is one or many strings in a JSON body, by a JSON pointer (RFC 6901) such as "/vendor/sid". The segment * stands for each
// element of an array, or each value of an object, as in "/lines/*/product". All other segments are names of members, digits too.
// Arrays, objects and strings must be where the pointer expects them; null is the same as absent. An empty array satisfies a required
// field, an absent one does not.
func JSON(pointer, kind string) Field { return Field{in: inBody, name: pointer, kind: kind} }

// Optional lets a request pass without the field. Where it is there, it is checked, and an empty string is no SID.
func (f Field) Optional() Field {
	f.optional = true
	return f
}

// Version names the string beside the SID that tells which version of the entity the sender holds: see [sdk.HasVersion]. The pointer
// starts at the object that the SID is a member of: "/version" beside "/lines/*/product" is "/lines/*/version". It may be absent.
// Only fields of a body have one.
//
// It is no condition. A version that is not MS2's any more is not refused: it has MS2 asked in place of what was kept, and the request
// passes when the SID is valid. Where it must be the same, compare it with the version of the [Checked].
func (f Field) Version(pointer string) Field {
	f.version = pointer
	return f
}

// Place is where in a request a SID was. One of its members is set; none is for the body as a whole, which the empty pointer leads to.
type Place struct {
	// Pointer is a JSON pointer (RFC 6901) into the body. Names that came with the request are cut off at 64 bytes each.
	Pointer string `json:"pointer,omitempty"`

	// Path is a wildcard of the route's pattern.
	Path string `json:"path,omitempty"`

	// Query is a parameter of the query.
	Query string `json:"query,omitempty"`

	// Header is a header field.
	Header string `json:"header,omitempty"`
}

// place is where the field is. One of a body may be in many places: there it is the pattern.
func (f *Field) place() Place {
	switch f.in {
	case inPath:
		return Place{Path: f.name}
	case inQuery:
		return Place{Query: f.name}
	case inHeader:
		return Place{Header: f.name}
	}
	return Place{Pointer: f.name}
}
