package middleware

import (
	"strings"
	"unicode"
)

// names are those of one object's members. The zero value is empty.
type names struct {
	few  [8]string
	n    int
	many map[string]bool // all of them, when they are no longer few
}

// add reports whether name is new.
func (s *names) add(name string) bool {
	if s.has(name) {
		return false
	}
	switch {
	case s.many != nil:
		s.many[name] = true
	case s.n < len(s.few):
		s.few[s.n] = name
		s.n++
	default:
		s.many = map[string]bool{name: true}
		for _, before := range s.few {
			s.many[before] = true
		}
	}
	return true
}

func (s *names) has(name string) bool {
	if s.many != nil {
		return s.many[name]
	}
	for _, before := range s.few[:s.n] {
		if before == name {
			return true
		}
	}
	return false
}

// fold makes names equal that a decoder may hold for the same field: at least those that encoding/json does, and beyond it the
// dotless and the dotted i. It returns most names as they are, without a copy.
func fold(name string) string {
	for i := range len(name) {
		if c := name[i]; c >= 0x80 || 'A' <= c && c <= 'Z' {
			return strings.Map(foldRune, name)
		}
	}
	return name
}

// foldRune returns one rune for all that differ by case alone. Both steps together reach as far as simple folding does (Unicode,
// CaseFolding.txt), which a test holds for every rune.
func foldRune(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// escaped writes a name as a segment of a JSON pointer (RFC 6901), cut off at 64 bytes.
func escaped(name string) string { return pointerEscapes.Replace(clip(name, 64)) }

// clip cuts off what came with a request, where it goes into an answer.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
