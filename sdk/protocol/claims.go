package protocol

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Claims are the payload of an attestation, a JSON Web Token (RFC 7519) of type [AttestationType].
type Claims struct {
	// Issuer is who signed, as the verifier must know it: claim iss.
	Issuer string

	// Audience is who may rely on it: claim aud, one string.
	Audience string

	// Issued and Expires are whole seconds since 1970, from 1 to the end of the year 9999: claims iat and exp.
	Issued, Expires int64

	// Items are what is vouched for, 1 to [MaxAttested] different SIDs: claim sids, a tuple of kind, version and SID each.
	Items []Attested

	// Binding is a digest of whom the attestation is for; "" for anybody: claim bnd.
	Binding string
}

// AttestationType is the header parameter typ of attestations (RFC 8725, 3.11).
const AttestationType = "ms2-attest+jwt"

// maxTime is the last second of the year 9999.
const maxTime = 253402300799

// AppendClaims appends to dst the JSON of c, and returns the longer slice as append does. It checks no limits.
// Bytes that are not UTF-8 become U+FFFD.
func AppendClaims(dst []byte, c Claims) []byte {
	dst = appendString(append(dst, `{"iss":`...), c.Issuer)
	dst = appendString(append(dst, `,"aud":`...), c.Audience)
	dst = strconv.AppendInt(append(dst, `,"iat":`...), c.Issued, 10)
	dst = strconv.AppendInt(append(dst, `,"exp":`...), c.Expires, 10)
	dst = append(dst, `,"sids":[`...)
	for i, item := range c.Items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(append(dst, '['), item.Kind)
		dst = appendString(append(dst, ','), item.Version)
		dst = append(appendString(append(dst, ','), item.SID), ']')
	}
	dst = append(dst, ']')
	return append(appendLabel(dst, `,"bnd":`, c.Binding), '}')
}

// DecodeClaims reads a payload, strictly: one JSON object with nothing after it, each known claim once, to the letter and of its
// type, all but bnd present, times of whole seconds written in digits alone, items within the limits, no SID twice. Unknown claims
// are skipped. It does not judge the times.
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
			s.first(&iss, "iss")
			c.Issuer = string(s.str())
		case "aud":
			s.first(&aud, "aud")
			c.Audience = string(s.str())
		case "iat":
			s.first(&iat, "iat")
			c.Issued = s.time()
		case "exp":
			s.first(&exp, "exp")
			c.Expires = s.time()
		case "sids":
			s.first(&sids, "sids")
			c.Items = s.attested()
		case "bnd":
			s.first(&bnd, "bnd")
			c.Binding = string(s.str())
		default:
			s.skip()
		}
	}
	if !(iss && aud && iat && exp && sids) {
		s.fail("a claim is missing")
	}
	return c
}

// time reads whole seconds since 1970.
func (s *scanner) time() (seconds int64) {
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

func (s *scanner) attested() []Attested {
	items := make([]Attested, 0, min(s.count("["), MaxAttested))
	var last Attested
	for more := s.open('['); more; more = s.more(']') {
		if len(items) == MaxAttested {
			s.fail("too many SIDs")
			break
		}
		last = s.tuple(last)
		for _, before := range items {
			if before.SID == last.SID {
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
	a.Kind = s.label(last.Kind)
	s.want(',')
	a.Version = s.label(last.Version)
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
