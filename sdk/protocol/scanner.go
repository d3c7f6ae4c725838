package protocol

import (
	"bytes"
	"fmt"
)

// maxDepth bounds how deep arrays and objects nest, so that no body can exhaust the stack.
const maxDepth = 64

// scanner walks a JSON text (RFC 8259) in one pass, driven by a reader that knows the shape it wants:
//
//	for more := s.open('{'); more; more = s.more('}') {
//		switch string(s.key()) {
//		case "sid": sid = s.text()
//		default:    s.skip()
//		}
//	}
//
// The first error sticks and ends every loop; what is read after it is zero and means nothing.
//
// Only the scanner's own files touch data and pos, so looked covers every read.
type scanner struct {
	data   []byte
	asked  []Item   // that the answer is for; nil when unknown
	room   []Result // that results are appended to
	tokens bool     // attestations are read, not skipped
	pos    int
	depth  int
	looked int // bytes read, counted again each time; tests hold it to a small multiple of data
	err    error
}

func (s *scanner) fail(what string) {
	if s.err == nil {
		s.err = fmt.Errorf("%w: %s at byte %d", ErrMalformed, what, s.pos)
	}
}

// first marks a member as seen and reports whether it is the first of its name. A second one is malformed: nothing says
// which of two lists is meant.
func (s *scanner) first(seen *bool, name string) bool {
	if *seen {
		s.fail("a second member " + name)
	}
	*seen = true
	return s.err == nil
}

// pass moves on by n bytes.
func (s *scanner) pass(n int) {
	s.pos += n
	s.looked += n
}

// count returns how often word occurs in what is left. Call it once a document: each call reads all of that.
func (s *scanner) count(word string) int {
	s.looked += len(s.data) - s.pos
	return bytes.Count(s.data[s.pos:], []byte(word))
}

// peek returns the first byte of the next token without taking it, 0 at the end and after an error.
func (s *scanner) peek() byte {
	for s.err == nil && s.pos < len(s.data) {
		switch c := s.data[s.pos]; c {
		case ' ', '\t', '\n', '\r':
			s.pass(1)
		default:
			return c
		}
	}
	return 0
}

// take takes the byte c if it is the next token.
func (s *scanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.pass(1)
	return true
}

func (s *scanner) want(c byte) bool {
	if s.take(c) {
		return true
	}
	s.fail(fmt.Sprintf("no %q", c))
	return false
}

// open enters an array or object by its bracket and says whether there is anything in it.
func (s *scanner) open(bracket byte) bool {
	if !s.want(bracket) {
		return false
	}
	if s.depth++; s.depth > maxDepth {
		s.fail("nested too deep")
		return false
	}
	return !s.close(bracket + 2) // in ASCII, ] follows [ and } follows { by two
}

// more steps to the next value after one that was read, and leaves at the closing bracket.
func (s *scanner) more(closing byte) bool {
	return !s.close(closing) && s.want(',')
}

func (s *scanner) close(closing byte) bool {
	if !s.take(closing) {
		return false
	}
	s.depth--
	return true
}

// key reads the name of a member and its colon. The bytes are good until the next call.
func (s *scanner) key() []byte {
	name := s.str()
	s.want(':')
	return name
}

// skip reads past one value of any type.
func (s *scanner) skip() {
	switch c := s.peek(); c {
	case '{':
		for more := s.open('{'); more; more = s.more('}') {
			s.key()
			s.skip()
		}
	case '[':
		for more := s.open('['); more; more = s.more(']') {
			s.skip()
		}
	case '"':
		s.str()
	case 't':
		s.literal("true")
	case 'f':
		s.literal("false")
	case 'n':
		s.literal("null")
	default:
		s.number()
	}
}

// end fails unless nothing but white space is left, and returns the first error.
func (s *scanner) end() error {
	if s.peek(); s.pos < len(s.data) {
		s.fail("something follows the end")
	}
	return s.err
}
