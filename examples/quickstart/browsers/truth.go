// Package browsers plays the people before their browsers: they look at products, which MS2 serves, and order them from
// MS1, at once (flow 1) or later with data that the browser kept (flow 2). Some orders hold a bad SID. Since the package
// knows which SIDs are genuine, it judges every answer of MS1.
package browsers

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"ms2.internal/lb/examples/ms2/usbids"
)

// Truth is what a right MS2 says: it comes from the file that the replicas are filled with.
type Truth struct {
	// Retired are the SIDs of products that the replicas must retire.
	Retired []string

	products []string // genuine ones
	known    map[string]bool
}

// retiredEvery is which share of the products is retired.
const retiredEvery = 500

// NewTruth reads the shipped file.
func NewTruth() (*Truth, error) {
	entities, err := usbids.Entities()
	if err != nil {
		return nil, err
	}
	t := &Truth{known: map[string]bool{}}
	for i, e := range entities {
		t.known[e.SID] = true
		switch {
		case e.Kind != usbids.Product:
		case i%retiredEvery == 0:
			t.Retired = append(t.Retired, e.SID)
		default:
			t.products = append(t.products, e.SID)
		}
	}
	return t, nil
}

// product is a genuine product's SID.
func (t *Truth) product() string { return t.products[rand.IntN(len(t.products))] }

// retired is the SID of a product that MS2 knew once.
func (t *Truth) retired() string { return t.Retired[rand.IntN(len(t.Retired))] }

// forged is a well-formed SID that MS2 never knew: that of a genuine vendor, with a product it does not have.
func (t *Truth) forged() string {
	for {
		sid := fmt.Sprintf("%s:%04x", vendorOf(t.product()), rand.IntN(1<<16))
		if !t.known[sid] {
			return sid
		}
	}
}

// malformed is what can't be an SID at all.
func (t *Truth) malformed() string {
	sid := t.product()
	return []string{"", sid + " ", "\t" + sid, "usb:é", strings.Repeat(sid, 30)}[rand.IntN(5)]
}

// otherVendor is the SID of a genuine vendor, and not the given one.
func (t *Truth) otherVendor(vendor string) string {
	for {
		if sid := vendorOf(t.product()); sid != vendor {
			return sid
		}
	}
}

// vendorOf is the SID of a product's vendor.
func vendorOf(product string) string { return product[:strings.LastIndexByte(product, ':')] }
