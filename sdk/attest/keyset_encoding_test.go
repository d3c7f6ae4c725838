package attest

import (
	"strings"
	"testing"
	"time"
)

// ccpgames/sso-issues 81: a key set came by a content coding that nobody had asked for, and the error spoke of its JSON.
func TestAnEncodedSetIsNotAskedForAndIsSaidToBeOne(t *testing.T) {
	inKeyBench(t, nil, func(b *keyBench) {
		b.server.says(200, setOf(keyB), "Content-Encoding", "br")
		b.pass(8 * time.Minute)
		b.has("a")
		if s := b.ring.stats(); s.Error == nil || !strings.Contains(*s.Error, `"br"`) {
			t.Errorf("%+v", s)
		}
		if got := b.server.last().Header.Get("Accept-Encoding"); got != "identity" {
			t.Errorf("asked for %q", got)
		}
	})
}

// instructure/canvas-lms 2639: a key set with a byte order mark, as editors save it, was no JSON.
func TestAByteOrderMarkIsCalledByItsName(t *testing.T) {
	if _, _, err := parseSet([]byte("\ufeff"+setOf(keyA)), "ms2", true); err == nil || !strings.Contains(err.Error(), "byte order mark") {
		t.Errorf("got %v", err)
	}
}

// smallstep/certificates 2769: a set in the body of an error emptied the keys. SAP/cloud-security-services-integration-library 1241: an
// empty set was kept for as long as a good one.
func TestASetInAnErrorAndAnEmptyOneAreNotKeptAndAskedForAgainSoon(t *testing.T) {
	for status, set := range map[int]string{500: setOf(keyB), 200: setOf()} {
		inKeyBench(t, nil, func(b *keyBench) {
			b.server.says(status, set)
			b.pass(8 * time.Minute)
			b.has("a")
			b.server.serves(setOf(keyB))
			b.pass(37 * time.Second)
			if k, _ := b.ring.find("b"); k == nil {
				t.Errorf("after HTTP %d the good set was not asked for", status)
			}
		})
	}
}
