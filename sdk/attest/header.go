package attest

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-jose/go-jose/v4"

	"ms2.internal/lb/sdk/protocol"
)

// header is a token's header as it is written: a value with an escape holds a backslash, which no key's ID, no algorithm and no type
// does, so that it equals none.
type header struct{ alg, kid, typ string }

// members are the names that a header has.
var members = [3]string{"alg", "kid", "typ"}

// readHeader reads a header, and reports whether it is one object of alg, kid and typ, each once and a string, and nothing else: no
// other member (RFC 8725 3.10: what a header says of keys is not followed), no white space, nothing after it.
func readHeader(text string) (h header, ok bool) {
	var values [len(members)]string
	var had [len(members)]bool
	if !utf8.ValidString(text) {
		return header{}, false
	}
	before := "{"
	for range members {
		name, rest, named := quoted(text, before)
		value, rest, valued := quoted(rest, ":")
		i := slices.Index(members[:], name)
		if !named || !valued || i < 0 || had[i] {
			return header{}, false
		}
		values[i], had[i] = value, true
		text, before = rest, ","
	}
	return header{alg: values[0], kid: values[1], typ: values[2]}, text == "}"
}

// quoted takes before and a JSON string (RFC 8259, 7) off the start of text. The string is returned as it is written, without quotes.
func quoted(text, before string) (s, rest string, ok bool) {
	text, ok = strings.CutPrefix(text, before)
	if !ok || !strings.HasPrefix(text, `"`) {
		return "", "", false
	}
	for i := 1; i < len(text) && text[i] >= ' '; i++ {
		switch text[i] {
		case '"':
			return text[1:i], text[i+1:], true
		case '\\':
			n := escape(text[i+1:])
			if n == 0 {
				return "", "", false
			}
			i += n
		}
	}
	return "", "", false
}

// escape returns how many bytes after its backslash an escape takes, 0 for none.
func escape(text string) int {
	switch {
	case text == "":
		return 0
	case strings.IndexByte(`"\/bfnrt`, text[0]) >= 0:
		return 1
	case text[0] != 'u' || len(text) < 5 || strings.Trim(text[1:5], "0123456789abcdefABCDEF") != "":
		return 0
	}
	return 5
}

// agreed reports whether go-jose reads the same header: a second opinion on each one that is new, once a key has signed it.
func (h header) agreed(token string) bool {
	jws, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(h.alg)})
	if err != nil || len(jws.Signatures) != 1 {
		return false
	}
	other := jws.Signatures[0].Protected
	return other.Algorithm == h.alg && other.KeyID == h.kid && other.JSONWebKey == nil && other.Nonce == "" &&
		len(other.ExtraHeaders) == 1 && other.ExtraHeaders[jose.HeaderType] == protocol.AttestationType
}
