package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"ms2.internal/lb/sdk/attest"
)

// attempt is what somebody tries who controls the browser, and what comes of it.
type attempt struct {
	name    string
	prepare func(*desk, vendor)   // up to what is sent
	refused func(vendor) []string // the SIDs that are; nil when MS2 is asked instead, and knows them
	why     string                // in the page's words, if it is refused
	asked   int                   // requests that MS2 counted
}

var attempts = []attempt{
	{"an SID that MS2 never gave out", tamper("sid"), func(v vendor) []string { return []string{v.SID + ":bad0"} }, "is not known to MS2", 1},
	{"a signature with one character changed", tamper("token"), product, "forged", 0},
	{"another user's signatures", tamper("other-user"), func(v vendor) []string { return []string{v.products[0].SID, v.SID} }, "forged", 0},
	{"a vendor in a product's place", tamper("swapped"), func(v vendor) []string { return []string{v.SID} }, "is of kind vendor, not product", 0},
	{"a product with another's vendor", tamper("foreign-vendor"), product, "vendor", 0},
	{"a signature by somebody else's key", inStorage(func(t *testing.T, v vendor) string {
		stranger, err := attest.GenerateKey(attest.EdDSA)
		if err != nil {
			t.Fatal(err)
		}
		stranger.ID = keys.inUse.ID
		return sign(t, stranger, "ms1", "ada", v.products[0])
	}), product, "forged", 0},
	{"a signature for another service", inStorage(func(t *testing.T, v vendor) string {
		return sign(t, keys.inUse, "another", "ada", v.products[0])
	}), product, "forged", 0},
	{"a signature for another user", inStorage(func(t *testing.T, v vendor) string {
		return sign(t, keys.inUse, "ms1", "ben", v.products[0])
	}), product, "forged", 0},
	{"another product's signature", inStorage(func(t *testing.T, v vendor) string {
		return sign(t, keys.inUse, "ms1", "ada", v.products[1])
	}), nil, "", 1},
	{"a signature by a key that was withdrawn", inStorage(func(t *testing.T, v vendor) string {
		return sign(t, keys.withdrawn, "ms1", "ada", v.products[0])
	}), nil, "", 1},
	{"a signature that ended", func(d *desk, v vendor) {
		token, end := expired(d.t, v.products[0])
		k := signed(d.t, v.products[0])
		k.Attestation, k.Fetched = token, youngUntilLater(end)
		d.keep(signed(d.t, v.entity), k)
		d.take(v.products[0])
	}, nil, "", 1},
}

// product is the SID of the product that is ordered.
func product(v vendor) []string { return []string{v.products[0].SID} }

// tamper fetches a product with its signature, and has the page tamper with the order.
func tamper(how string) func(*desk, vendor) {
	return func(d *desk, v vendor) {
		other := newVendor(d.t)
		d.keep(signed(d.t, other.entity), signed(d.t, other.products[0]))
		d.sign(true)
		d.fetch(v, v.products[0])
		d.choose(hook("tamper"), how)
	}
}

// inStorage has the browser keep a product with a token beside its vendor, and orders it.
func inStorage(token func(*testing.T, vendor) string) func(*desk, vendor) {
	return func(d *desk, v vendor) {
		k := signed(d.t, v.products[0])
		k.Attestation = token(d.t, v)
		d.keep(signed(d.t, v.entity), k)
		d.take(v.products[0])
	}
}

// signed is an entity as MS2 signs it for Ada.
func signed(t *testing.T, e entity) kept {
	t.Helper()
	return kept{entity: e, Attestation: sign(t, keys.inUse, "ms1", "ada", e), User: "ada"}
}

func TestWhatSomebodyTriesWhoControlsTheBrowser(t *testing.T) {
	d := newDesk(t, services.MS1)
	for _, a := range attempts {
		t.Run(a.name, func(t *testing.T) {
			v, d := newVendor(t), d.during(t)
			a.prepare(d, v) // loads the page again, so that nothing of an earlier attempt is there
			d.fill(hook("customer"), "Mallory")
			o := d.send()
			if a.refused != nil {
				d.expectRefused(o, a.asked, a.refused(v)...)
				if !strings.Contains(o.Text, a.why) {
					t.Errorf("the page says %q, want %q in it", o.Text, a.why)
				}
				return
			}
			if want := (map[string]string{v.SID: "attested", v.products[0].SID: "fresh"}); o.State != "stored" || fmt.Sprint(o.Checked) != fmt.Sprint(want) {
				d.fail(fmt.Errorf("the order is %s, checked %v; want it stored, checked %v", o.State, o.Checked, want))
			}
			if asked := d.asked(); asked != a.asked || o.Requests != asked {
				t.Errorf("the page says %d requests, MS2 counted %d, want %d", o.Requests, asked, a.asked)
			}
			expectRow(t, o.ID, row{"customer": "Mallory", "note": "", "source": "kept", "user": "ada"}, v, v.products[0])
		})
	}
}
