package browsers

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"ms2.internal/lb/examples/ms1/orders"
)

const (
	// largestOrder is the most lines of an order.
	largestOrder = 3

	// badShare of the orders hold a bad SID, and keptShare of data that the browser kept.
	badShare  = 0.10
	keptShare = 1.0 / 3

	// storage is how many products a browser keeps.
	storage = 50
)

// draft is an order as it is posted.
type draft struct {
	orders.Order
	bad string // the kind of bad SID in it; "" for a good order
	sid string // that SID
}

// attested reports whether attestations came with the data.
func (d draft) attested() bool {
	return slices.ContainsFunc(d.Lines, func(l orders.Line) bool { return l.Vendor.Attestation != "" })
}

// draft makes an order of lines, and now and then a bad one.
func (c *Crowd) draft(source string, lines []orders.Line) draft {
	d := draft{Order: orders.Order{Customer: fmt.Sprintf("customer-%d", rand.IntN(1000)), Source: source, Lines: lines}}
	if rand.Float64() < badShare {
		d.spoil(c.truth)
	}
	return d
}

// The kinds of bad orders.
const (
	forged      = "forged"      // no SID of MS2's; if the browser has an attestation, that of another product
	counterfeit = "counterfeit" // the same, with an attestation that somebody else signed
	swapped     = "swapped"     // a vendor's SID, attestation and all, in the place of a product's
	malformed   = "malformed"
	retired     = "retired"
	foreign     = "foreign" // a product under the genuine SID of another vendor; the product's is at fault
)

// spoil replaces one SID of the order.
func (d *draft) spoil(t *Truth) {
	line := &d.Lines[rand.IntN(len(d.Lines))]
	switch rand.IntN(6) {
	case 0:
		d.bad, d.sid = forged, t.forged()
	case 1:
		d.bad, d.sid = malformed, t.malformed()
	case 2:
		d.bad, d.sid = swapped, line.Vendor.SID
		line.Product.Version, line.Product.Attestation = line.Vendor.Version, line.Vendor.Attestation
	case 3:
		d.bad, d.sid = foreign, line.Product.SID
		line.Vendor = orders.Vendor{SID: t.otherVendor(line.Vendor.SID)}
		return
	case 4:
		if line.Product.Attestation != "" {
			d.bad, d.sid = counterfeit, t.forged()
			line.Product.Attestation = counterfeited(line.Product.Attestation, line.Product.SID, d.sid)
			break
		}
		fallthrough
	default:
		d.bad, d.sid = retired, t.retired()
	}
	if d.bad == malformed && rand.IntN(2) == 0 {
		line.Vendor.SID = d.sid
		return
	}
	line.Product.SID = d.sid
}
