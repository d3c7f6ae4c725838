package attest_test

import (
	"crypto"
	"fmt"
	"testing"

	"ms2.internal/lb/sdk/attest"
	"ms2.internal/lb/sdk/protocol"
)

// orders are a header's members in every order.
func orders(alg, kid string) (headers []string) {
	all := []string{fmt.Sprintf(`"alg":%q`, alg), fmt.Sprintf(`"kid":%q`, kid), `"typ":"ms2-attest+jwt"`}
	for _, order := range [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		headers = append(headers, "{"+all[order[0]]+","+all[order[1]]+","+all[order[2]]+"}")
	}
	return headers
}

func TestTheMembersOfAHeaderMayHaveAnyOrder(t *testing.T) {
	f := newForge(t)
	v := f.verifier(t)
	for _, header := range orders(attest.EdDSA, "ed-1") {
		taken(t, v, "", f.token(header, claims()), f.token(header, with("usb:046d", "usb:1234")))
	}
	flat(t, v, 12, 6)
}

func TestKnownHeadersAreBoundedAndGoWithTheirKey(t *testing.T) {
	f := newForge(t)
	v, keys := f.verifier(t), map[string]crypto.PublicKey{}
	for i := range 31 {
		keys[fmt.Sprint("k", i)] = f.ed.Public()
	}
	v.Hold(keys)
	for id := range keys {
		for _, header := range orders(attest.EdDSA, id) {
			taken(t, v, "", f.token(header, claims()))
			if _, heads := v.Kept(); heads > 64 {
				t.Fatalf("%d headers", heads)
			}
		}
	}
	v.Hold(f.publics())
	taken(t, v, "", f.genuine())
	if _, heads := v.Kept(); heads != 1 {
		t.Errorf("%d headers, want that of the one key in use", heads)
	}
}

func TestAHeaderThatIsKnownCountsForTheKeyInUseAlone(t *testing.T) {
	f, next := newForge(t), newForge(t)
	v := f.verifier(t)
	taken(t, v, "", f.genuine())
	v.Hold(next.publics()) // the same IDs
	taken(t, v, "", next.genuine())
	if _, err := v.Verify(f.token(edHeader, with("usb:046d", "usb:1")), ""); reasonOf(err) != "signature" {
		t.Errorf("the withdrawn key: %v", err)
	}
}

func TestGoJoseIsASecondOpinionOnHeaders(t *testing.T) {
	f := newForge(t)
	agreed := func(token string) bool { return attest.Agreed("EdDSA", "ed-1", protocol.AttestationType, token) }
	if !agreed(f.genuine()) {
		t.Error("no agreement on a plain one")
	}
	for _, header := range []string{
		ecHeader, head("kid", `"ed-2"`), head("kid", ""), head("typ", `"JWT"`), head("typ", ""), headWith(`"x":1`),
		headWith(`"crit":["x"]`), headWith(`"nonce":"x"`), headWith(`"kid":"ed-1"`), head("alg", `"none"`),
		edHeader + "x", "",
		headWith(fmt.Sprintf(`"jwk":%s`, f.edKey("ed-1"))),
	} {
		if agreed(f.token(header, claims())) {
			t.Errorf("agreement on %s", header)
		}
	}
}
