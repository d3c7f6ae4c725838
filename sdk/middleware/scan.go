package middleware

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf16"
)

// pass moves on by n bytes.
func (w *walk) pass(n int) {
	w.pos += n
	w.looked += n
}

// peek returns the first byte of the next token.
func (w *walk) peek() byte {
	for {
		c := w.json[w.pos]
		if c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c
		}
		w.pass(1)
	}
}

// open enters an array or object and reports whether there is anything in it.
func (w *walk) open(closing byte) bool {
	w.pass(1)
	if w.peek() != closing {
		return true
	}
	w.pass(1)
	return false
}

// more passes the comma after a value, or the closing bracket, and reports whether another value follows.
func (w *walk) more() bool {
	if w.refusal != nil {
		return false
	}
	c := w.peek()
	w.pass(1)
	return c == ','
}

// literal passes a number, true, false or null.
func (w *walk) literal() {
	rest := w.json[w.pos:]
	n := strings.IndexAny(rest, ",]} \t\n\r")
	if n < 0 {
		n = len(rest)
	}
	w.pass(n)
}

// name reads the name of a member of an object of shape s, and its colon. It stops the walk at one that a decoder may hold for
// another member: in an object whose names are the sender's own only an equal one, else also one in another case or with escapes.
func (w *walk) name(s *shape, seen *names) string {
	w.peek()
	name, escapes := w.str()
	w.peek()
	w.pass(1)
	if w.refusal != nil {
		return ""
	}
	if escapes && s.keyed() {
		name = unquote(name)
	}
	folded := name
	if !s.keyed() {
		folded = fold(name)
	}
	switch {
	case escapes && !s.keyed():
		w.ambiguous("holds a name with a backslash")
	case s.misspelt(name, folded):
		w.ambiguous("holds " + quote(name) + ", which is another name but for its case")
	case !seen.add(folded):
		w.ambiguous("holds " + quote(name) + " twice in one object, or in two cases")
	}
	return name
}

func quote(name string) string { return strconv.Quote(clip(name, 64)) }

// str reads a string without its quotes. It stops the walk at a surrogate without its other half, which each parser replaces by
// something else.
func (w *walk) str() (raw string, escapes bool) {
	start := w.pos + 1
	end := start
	for w.json[end] != '"' {
		n := 1
		if w.json[end] == '\\' {
			escapes = true
			if n = escape(w.json[end:]); n == 0 {
				w.ambiguous("holds half of a surrogate pair")
				return "", false
			}
		}
		end += n
	}
	w.pass(end + 1 - w.pos)
	return w.json[start:end], escapes
}

// escape returns the length of the escape that s begins with, both halves of a surrogate pair together; 0 for one half alone.
func escape(s string) int {
	if s[1] != 'u' {
		return 2
	}
	if first := hex4(s[2:]); !utf16.IsSurrogate(first) {
		return 6
	} else if s[6] == '\\' && s[7] == 'u' && utf16.DecodeRune(first, hex4(s[8:])) != '�' {
		return 12
	}
	return 0
}

func hex4(s string) rune {
	n, _ := strconv.ParseUint(s[:4], 16, 32)
	return rune(n)
}

// unquote decodes a string that has escapes.
func unquote(raw string) (s string) {
	_ = json.Unmarshal([]byte(`"`+raw+`"`), &s) // valid, as the whole text is
	return s
}
