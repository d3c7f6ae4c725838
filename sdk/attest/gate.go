package attest

import (
	"encoding/base64"
	"strings"
)

// parts are those of a token in the compact serialisation (RFC 7515, 7.1).
type parts struct {
	head      string // the header as it was sent
	signed    string // what the signature is over: the header as it was sent, a dot, the payload as it was sent
	header    []byte
	payload   []byte
	signature []byte
}

// strict refuses padding and bits behind the last byte: what was signed has one spelling.
var strict = base64.RawURLEncoding.Strict()

// split takes a token apart, and reports whether it is exactly three parts in base64url, none of them empty.
func split(token string) (p parts, ok bool) {
	head, rest, _ := strings.Cut(token, ".")
	body, tail, _ := strings.Cut(rest, ".")
	if head == "" || body == "" || tail == "" || strings.ContainsAny(token, "\r\n") { // which encoding/base64 skips, strict or not
		return parts{}, false
	}
	p = parts{head: head, signed: token[:len(head)+1+len(body)]}
	room := make([]byte, 0, len(token))
	for _, part := range []struct {
		text string
		to   *[]byte
	}{{head, &p.header}, {body, &p.payload}, {tail, &p.signature}} {
		whole, err := strict.AppendDecode(room, []byte(part.text))
		if err != nil {
			return parts{}, false
		}
		*part.to, room = whole[len(room):], whole
	}
	return p, true
}
