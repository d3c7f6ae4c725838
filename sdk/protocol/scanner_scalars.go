package protocol

import "bytes"

// null takes a null, which everywhere means the same as an absent member.
func (s *scanner) null() bool {
	return s.peek() == 'n' && s.literal("null")
}

// boolean reads true or false; null is false.
func (s *scanner) boolean() bool {
	switch s.peek() {
	case 't':
		return s.literal("true")
	case 'n':
		s.null()
	default:
		s.literal("false")
	}
	return false
}

func (s *scanner) literal(word string) bool {
	if !bytes.HasPrefix(s.data[s.pos:], []byte(word)) {
		s.fail("no JSON value")
		return false
	}
	s.pass(len(word))
	return true
}

// number reads a number (RFC 8259, 6) and returns its text.
func (s *scanner) number() []byte {
	s.peek()
	start := s.pos
	s.accept("-")
	if !s.accept("0") && s.digits() == 0 {
		s.fail("no JSON value")
	}
	if s.accept(".") && s.digits() == 0 {
		s.fail("number ends in its point")
	}
	if s.accept("eE") {
		s.accept("+-")
		if s.digits() == 0 {
			s.fail("number ends in its exponent")
		}
	}
	return s.data[start:s.pos]
}

// accept takes the next byte if it is one of set.
func (s *scanner) accept(set string) bool {
	for i := 0; i < len(set) && s.pos < len(s.data); i++ {
		if s.data[s.pos] == set[i] {
			s.pass(1)
			return true
		}
	}
	return false
}

func (s *scanner) digits() (n int) {
	for s.pos < len(s.data) && '0' <= s.data[s.pos] && s.data[s.pos] <= '9' {
		s.pass(1)
		n++
	}
	return n
}
