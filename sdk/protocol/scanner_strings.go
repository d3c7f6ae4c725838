package protocol

import (
	"unicode/utf16"
	"unicode/utf8"
)

// str reads a string. Without an escape in it the bytes are the document's own: copy what is kept.
func (s *scanner) str() []byte {
	if !s.want('"') {
		return nil
	}
	rest := s.data[s.pos:]
	for n, c := range rest {
		switch {
		case c == '"':
			s.pass(n + 1)
			return rest[:n]
		case c == '\\':
			s.pass(n)
			return s.escaped(append([]byte(nil), rest[:n]...))
		case c < 0x20:
			s.pass(n)
			s.fail("control character in a string")
			return nil
		}
	}
	s.pass(len(rest))
	s.fail("string is cut off")
	return nil
}

// escaped reads the rest of a string from its first escape on, and appends it to buf.
func (s *scanner) escaped(buf []byte) []byte {
	for s.err == nil && s.pos < len(s.data) {
		c := s.data[s.pos]
		s.pass(1)
		switch {
		case c == '"':
			return buf
		case c == '\\':
			buf = utf8.AppendRune(buf, s.escape())
		case c < 0x20:
			s.fail("control character in a string")
		default:
			buf = append(buf, c)
		}
	}
	s.fail("string is cut off")
	return nil
}

// escape reads what follows a backslash.
func (s *scanner) escape() rune {
	if s.pos == len(s.data) {
		return 0 // the string is cut off, as escaped will find
	}
	c := s.data[s.pos]
	s.pass(1)
	switch c {
	case '"', '\\', '/':
		return rune(c)
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'u':
		return s.unicode()
	}
	s.fail("unknown escape")
	return 0
}

// unicode reads the four digits of \u and, after a high surrogate, the low one that belongs to it. A surrogate left alone
// becomes U+FFFD, as in encoding/json.
func (s *scanner) unicode() rune {
	r := s.hex4()
	if !utf16.IsSurrogate(r) {
		return r
	}
	before := s.pos
	if len(s.data)-s.pos >= 2 && s.data[s.pos] == '\\' && s.data[s.pos+1] == 'u' {
		s.pass(2)
		if pair := utf16.DecodeRune(r, s.hex4()); pair != utf8.RuneError {
			return pair
		}
		s.pos = before // no pair: the second is a character by itself
	}
	return utf8.RuneError
}

func (s *scanner) hex4() (r rune) {
	if len(s.data)-s.pos < 4 {
		s.fail("escape is cut off")
		return 0
	}
	for _, c := range s.data[s.pos : s.pos+4] {
		switch {
		case '0' <= c && c <= '9':
			r = r<<4 | rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			s.fail("escape without four digits")
		}
	}
	s.pass(4)
	return r
}
