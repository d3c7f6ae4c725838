package browser_test

import (
	"fmt"
	"testing"
)

// MS1 could go by what it remembers of the SID, and verifies all the same.
func TestABadSignatureIsRefusedBesideWhatMS1Remembers(t *testing.T) {
	v, d := newVendor(t), newDesk(t, services.MS1)
	d.sign(false)
	d.fetch(v, v.products[0])
	d.expectStored(d.send(), "fresh", v, v.products[0])
	d.sign(true)
	d.await(fmt.Sprintf(`document.querySelector('%s').innerText.includes("signed by MS2")`, hook("line", v.products[0].SID)))
	for how, sids := range map[string][]string{"token": {v.products[0].SID}, "other-user": {v.products[0].SID, v.SID}} {
		d.choose(hook("tamper"), how)
		d.expectRefused(d.send(), 0, sids...)
	}
}
