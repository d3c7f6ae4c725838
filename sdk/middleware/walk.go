package middleware

import (
	"net/http"
	"strconv"

	"ms2.internal/lb/sdk/protocol"
)

// maxDepth bounds how deep arrays and objects nest.
const maxDepth = 64

// walk reads a JSON text that json.Valid has passed, once from its first byte to its last. It finds what the pointers lead to, and
// stops at what two parsers may read differently.
type walk struct {
	*findings
	json     string
	pos      int
	looked   int // bytes read, counted again each time; a test holds it to a small multiple of json
	depth    int
	path     []byte // the pointer to where it is, for places that a pointer leads to
	versions []version
}

// version is one that stands beside a SID, until the object that holds both ends.
type version struct {
	of   *Field
	text string
}

// value reads one value of any type.
func (w *walk) value(s *shape) {
	c := w.peek()
	if w.depth == maxDepth && (c == '{' || c == '[') {
		w.ambiguous("is nested deeper than " + strconv.Itoa(maxDepth) + " arrays and objects")
		return
	}
	w.depth++
	switch c {
	case '{':
		w.object(w.expect(s, object))
	case '[':
		w.list(w.expect(s, list))
	case '"':
		w.text(w.expect(s, text))
	case 'n':
		w.literal()
		s.required(string(w.path), w.missing)
	default:
		w.literal()
		w.expect(s, other)
	}
	w.depth--
}

// expect returns s if a value of type got may stand there, else nil and the fault is noted.
func (w *walk) expect(s *shape, got jsonType) *shape {
	if s == nil || s.takes&got != 0 {
		return s
	}
	w.wrong("is " + got.String() + ", not " + s.takes.String())
	return nil
}

// wrong notes a fault of the value that is being read.
func (w *walk) wrong(detail string) {
	w.fault(Fault{Place: Place{Pointer: string(w.path)}, Detail: detail})
}

func (w *walk) object(s *shape) {
	var seen names
	found, versions := len(w.found), len(w.versions)
	for more := w.open('}'); more; more = w.more() {
		name := w.name(s, &seen)
		if w.refusal != nil {
			return
		}
		w.into(name, s.below(name))
	}
	if s == nil {
		return
	}
	for _, m := range s.names {
		if !seen.has(m.folded) {
			m.required(string(w.path)+"/"+escaped(m.name), w.missing)
		}
	}
	w.pair(s, found, versions)
}

// pair gives the SIDs that are members of the object of shape s, which has ended, the versions beside them.
func (w *walk) pair(s *shape, found, versions int) {
	for _, v := range w.versions[versions:] {
		for i := range w.found[found:] {
			if f := &w.found[found+i]; f.field == v.of {
				f.version = v.text
			}
		}
	}
	for _, m := range s.names {
		if m.field != nil && m.field.version != "" {
			w.versions = w.versions[:versions]
		}
	}
}

func (w *walk) list(s *shape) {
	i := 0
	for more := w.open(']'); more; more = w.more() {
		if s == nil {
			w.value(nil)
			continue
		}
		w.into(strconv.Itoa(i), s.element())
		i++
	}
}

// into reads the value of a member or an element.
func (w *walk) into(segment string, s *shape) {
	before := len(w.path)
	if s != nil {
		w.path = append(append(w.path, '/'), escaped(segment)...)
	}
	w.value(s)
	w.path = w.path[:before]
}

// text reads a string, and takes what a pointer leads to.
func (w *walk) text(s *shape) {
	raw, escaped := w.str()
	if s == nil || w.refusal != nil {
		return
	}
	if escaped {
		raw = unquote(raw)
	}
	switch {
	case s.field != nil:
		w.add(sighting{Place: Place{Pointer: string(w.path)}, field: s.field, sid: raw})
	case s.tokens:
		w.token(raw)
	case len(raw) > protocol.MaxLabelBytes:
		w.wrong("is longer than a version, of at most " + strconv.Itoa(protocol.MaxLabelBytes) + " bytes")
	default:
		w.versions = append(w.versions, version{s.version, raw})
	}
}

func (w *walk) missing(pointer string) {
	w.fault(Fault{Place: Place{Pointer: pointer}, Detail: "is missing"})
}

// ambiguous stops the walk.
func (w *walk) ambiguous(detail string) {
	w.refuse(http.StatusBadRequest, "the body "+detail)
}
