package attest_test

import (
	"fmt"
	"strings"
	"testing"

	"ms2.internal/lb/sdk/protocol"
)

// items makes n different ones.
func items(n int) (all []protocol.Attested) {
	for i := range n {
		all = append(all, protocol.Attested{SID: fmt.Sprint("s", i)})
	}
	return all
}

// sids are claims with another list.
func sids(list string) string { return with(`[["vendor","7","usb:046d"]]`, list) }

var itemAttacks = []attack{
	{"42 † too many SIDs, none, a malformed one", func(t *testing.T, f *forge) {
		signedClaims("claims", func() []string {
			lists := []string{"[]", "null", `"usb:046d"`, `{}`, `[[]]`, `["usb:046d"]`, `[null]`, `[["","","usb:046d"],null]`,
				`[["",""]]`, `[["","","usb:046d","x"]]`, `[["","",1]]`, `[["","",""]]`, `[["","","."]]`, `[["","",".."]]`,
				`[["","","a b"]]`, `[["","","a\u0000"]]`, `[["","","a\n"]]`, `[["","","é"]]`,
				`[["","","` + strings.Repeat("s", 257) + `"]]`, `[["` + strings.Repeat("k", 129) + `","","x"]]`,
				`[["","` + strings.Repeat("v", 129) + `","x"]]`, `[["","","x"],]`, `[["","","x"]`}
			payloads := []string{claims(func(c *protocol.Claims) { c.Items = items(65) })}
			for _, list := range lists {
				payloads = append(payloads, sids(list))
			}
			return payloads
		})(t, f)
		taken(t, f.verifier(t), "", f.token(edHeader, claims(func(c *protocol.Claims) { c.Items = items(64) })))
	}},
	{"43 † a SID twice, two versions", signedClaims("claims", func() []string {
		return []string{sids(`[["vendor","7","usb:046d"],["vendor","8","usb:046d"]]`),
			sids(`[["","","a"],["","","b"],["","","a"]]`), sids(`[["","","usb:046d"],["","","\u0075sb:046d"]]`)}
	})},
	{"44 † exp 1e400, 1e18, string, bool, null, fraction", signedClaims("claims", func() []string {
		return withTimes(`"exp":`, "1e400", "1e18", "1e9", "9999999999e0", `"9999999999"`, "true", "null", "9999999999.5",
			"9999999999.0", "[9999999999]", "{}", "-9999999999", "0", "+9999999999", "09999999999", "0x7fffffff", "NaN",
			"Infinity", "18446744073709551617", strings.Repeat("9", 400))
	})},
	{"45 † exp 253402300800", signedClaims("claims", func() []string {
		return withTimes(`"exp":`, "253402300800", "9223372036854775807", "9223372036854775808", "18446744073709551616")
	})},
	{"46 † exp missing or not after iat", func(t *testing.T, f *forge) {
		signedClaims("claims", func() []string { return []string{with(`"exp"`, `"xxp"`)} })(t, f)
		signedClaims("times", func() []string {
			return []string{claims(func(c *protocol.Claims) { c.Expires = c.Issued }),
				claims(func(c *protocol.Claims) { c.Expires = c.Issued - 1 }), claims(func(c *protocol.Claims) { c.Expires = 1 }),
				claims(func(c *protocol.Claims) { c.Issued += 9000; c.Expires = c.Issued - 1 })}
		})(t, f)
	}},
}

// withTimes are claims with other values for a time.
func withTimes(member string, values ...string) (payloads []string) {
	for _, value := range values {
		text := claims()
		start := strings.Index(text, member) + len(member)
		end := start + strings.IndexAny(text[start:], ",}")
		payloads = append(payloads, text[:start]+value+text[end:])
	}
	return payloads
}

// bound are claims for this subject, by the digest of the verifier that is to take them.
func bound(digest string) string {
	return claims(func(c *protocol.Claims) { c.Binding = digest })
}

var audienceAttacks = []attack{
	{"52 † aud missing, other, array", func(t *testing.T, f *forge) {
		signedClaims("claims", func() []string {
			return []string{with(`"aud"`, `"oud"`), with(`"ms1"`, `["ms1"]`), with(`"ms1"`, `["evil","ms1"]`),
				with(`"ms1"`, "null"), with(`"ms1"`, `{"ms1":1}`), with(`"ms1"`, `""`)}
		})(t, f)
		signedClaims("audience", func() []string {
			return []string{with(`"ms1"`, `"ms3"`), with(`"ms1"`, `"MS1"`), with(`"ms1"`, `"ms1 "`),
				with(`"ms1"`, `"ms1\u0000"`), with(`"ms1"`, `"*"`), with(`"ms1"`, `"ms1,ms3"`)}
		})(t, f)
	}},
	{"53 † iss other or missing", func(t *testing.T, f *forge) {
		signedClaims("claims", func() []string {
			return []string{with(`"iss"`, `"oss"`), with(`"ms2"`, "null"), with(`"ms2"`, `["ms2"]`), with(`"ms2"`, "2"), with(`"ms2"`, `""`)}
		})(t, f)
		signedClaims("issuer", func() []string {
			return []string{with(`"ms2"`, `"evil"`), with(`"ms2"`, `"MS2"`), with(`"ms2"`, `"ms2/"`),
				with(`"ms2"`, `"https://ms2"`), with(`"ms2"`, `"ms2\u0000"`)}
		})(t, f)
	}},
	{"54 † a SID that is not in it is not vouched for", func(t *testing.T, f *forge) {
		said := taken(t, f.verifier(t), "", f.genuine())
		if len(said.Items) != 1 || said.Items[0] != (protocol.Attested{SID: "usb:046d", Kind: "vendor", Version: "7"}) {
			t.Errorf("%v", said.Items)
		}
	}},
	{"55 † another user's", anotherUsers},
	{"56 † a changed version is told as it was signed", func(t *testing.T, f *forge) {
		v := f.verifier(t)
		for _, version := range []string{"6", "7", "", "8"} {
			said := taken(t, v, "", f.token(edHeader, with(`"7"`, `"`+version+`"`)))
			if said.Items[0].Version != version {
				t.Errorf("signed %q, told %q", version, said.Items[0].Version)
			}
		}
	}},
}

func anotherUsers(t *testing.T, f *forge) {
	for _, pepper := range [][]byte{nil, []byte("pepper")} {
		v := f.verifier(t, peppered(pepper))
		other := f.verifier(t, peppered([]byte("salt")))
		token := f.token(edHeader, bound(v.Digest("alice")))
		for _, when := range []string{"cold", "again"} {
			for _, subject := range []string{"", "bob", "Alice", "alice ", "alice\x00", strings.Repeat("a", 257)} {
				if _, err := v.Verify(token, subject); reasonOf(err) != "subject" {
					t.Errorf("%s: %q: %v", when, subject, err)
				}
			}
			taken(t, v, "alice", token)
		}
		if _, err := other.Verify(token, "alice"); reasonOf(err) != "subject" {
			t.Errorf("another pepper: %v", err)
		}
		refused(t, f.verifier(t, peppered(pepper)), "subject", f.token(edHeader, bound("alice")),
			f.token(edHeader, bound("x")), f.token(edHeader, bound(v.Digest(""))))
	}
	strictly := f.verifier(t, requireBinding)
	asked(t, strictly, "unbound", f.genuine())
	refused(t, strictly, "claims", f.token(edHeader, adding(`"bnd":""`)))
	taken(t, strictly, "alice", f.token(edHeader, bound(strictly.Digest("alice"))))
}
