package protocol

import (
	"fmt"
	"unicode/utf8"
)

// maxTime is the last second of the year 9999.
const maxTime = 253402300799

// DecodeClaims reads a payload, strictly: one JSON object with nothing after it, each known claim once, to the letter and of its
// type, all but bnd present, no name empty, times of whole seconds written in digits alone, items within the limits, no SID twice.
// null is of no claim's type, and an empty bnd is no binding to anybody but an error. Unknown claims are skipped. It does not
// judge the times.
//
// Every error wraps [ErrMalformed]. The claims keep no reference to payload. The cost is linear in payload, whatever it holds.
// Safe for concurrent use.
func DecodeClaims(payload []byte) (Claims, error) {
	if !utf8.Valid(payload) {
		return Claims{}, fmt.Errorf("%w: not UTF-8", ErrMalformed)
	}
	s := scanner{data: payload}
	c := s.claims()
	if err := s.end(); err != nil {
		return Claims{}, err
	}
	return c, nil
}

func (s *scanner) claims() (c Claims) {
	var iss, aud, iat, exp, sids, bnd bool
	for more := s.open('{'); more; more = s.more('}') {
		switch string(s.key()) {
		case "iss":
			c.Issuer = s.name(&iss, "iss")
		case "aud":
			c.Audience = s.name(&aud, "aud")
		case "iat":
			c.Issued = s.time(&iat, "iat")
		case "exp":
			c.Expires = s.time(&exp, "exp")
		case "sids":
			c.Items = s.vouched(&sids)
		case "bnd":
			c.Binding = s.name(&bnd, "bnd")
		default:
			s.skip()
		}
	}
	if !(iss && aud && iat && exp && sids) {
		s.fail("a claim is missing")
	}
	return c
}

// name reads the string of a claim that stands for somebody.
func (s *scanner) name(seen *bool, claim string) string {
	if !s.first(seen, claim) {
		return ""
	}
	name := string(s.str())
	if name == "" {
		s.fail("claim " + claim + " is empty")
	}
	return name
}

// time reads whole seconds since 1970.
func (s *scanner) time(seen *bool, claim string) (seconds int64) {
	if !s.first(seen, claim) {
		return 0
	}
	for _, c := range s.number() {
		if c < '0' || c > '9' || seconds > maxTime {
			s.fail("time is not whole seconds in digits")
			return 0
		}
		seconds = seconds*10 + int64(c-'0')
	}
	if seconds < 1 || seconds > maxTime {
		s.fail("time is not of this age")
	}
	return seconds
}

func (s *scanner) vouched(seen *bool) []Attested {
	if !s.first(seen, "sids") {
		return nil
	}
	items := make([]Attested, 0, min(s.count("["), MaxAttested))
	var last Attested
	for more := s.open('['); more; more = s.more(']') {
		if len(items) == MaxAttested {
			s.fail("too many SIDs")
			break
		}
		last = s.tuple(last)
		for i := range items { // at most MaxAttested of them, so the square is bounded
			if items[i].SID == last.SID {
				s.fail("a SID twice")
			}
		}
		items = append(items, last)
	}
	if len(items) == 0 {
		s.fail("no SIDs")
	}
	return items
}

// tuple reads kind, version and SID. Labels that equal the last tuple's share its memory.
func (s *scanner) tuple(last Attested) (a Attested) {
	if !s.open('[') {
		s.fail("no tuple of kind, version and SID")
		return a
	}
	a.Kind = s.told(last.Kind)
	s.want(',')
	a.Version = s.told(last.Version)
	s.want(',')
	a.SID = string(s.str())
	if s.more(']') {
		s.fail("more than kind, version and SID")
	}
	if err := CheckSID(a.SID); err != nil {
		s.fail(err.Error())
	}
	return a
}

// told reads a label that may be empty but must be there.
func (s *scanner) told(known string) string {
	if s.null() {
		s.fail("label is null")
	}
	return s.label(known)
}
