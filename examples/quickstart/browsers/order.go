package browsers

import (
	"fmt"
	"math/rand/v2"

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

// draft makes an order of lines, and now and then a bad one.
func (c *Crowd) draft(source string, lines []orders.Line) draft {
	d := draft{Order: orders.Order{Customer: fmt.Sprintf("customer %d", rand.IntN(1000)), Source: source, Lines: lines}}
	if rand.Float64() < badShare {
		d.spoil(c.truth)
	}
	return d
}

// The kinds of bad SIDs.
const (
	forged    = "forged"
	malformed = "malformed"
	retired   = "retired"
)

// spoil replaces one SID of the order.
func (d *draft) spoil(t *Truth) {
	switch rand.IntN(3) {
	case 0:
		d.bad, d.sid = forged, t.forged()
	case 1:
		d.bad, d.sid = malformed, t.malformed()
	default:
		d.bad, d.sid = retired, t.retired()
	}
	line := &d.Lines[rand.IntN(len(d.Lines))]
	if d.bad == malformed && rand.IntN(2) == 0 {
		line.Vendor.SID = d.sid
		return
	}
	line.Product.SID = d.sid
}
