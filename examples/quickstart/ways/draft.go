package ways

import (
	"fmt"
	"math/rand/v2"

	"ms2.internal/lb/examples/ms1/orders"
)

const (
	// mostLines is the most lines of an order, which has 1 to so many. Their SIDs are at most 16, as many as attestations fit into a
	// header, so that the gateway can attach one for each.
	mostLines = 8

	// badEvery is which share of the orders holds a bad SID.
	badEvery = 50
)

// draft is an order before it is known by which way it goes.
type draft struct {
	user string
	orders.Order
	bad badness
	at  int    // the line whose product is bad
	sid string // the bad SID
}

// badness is what is wrong with a SID.
type badness int

// The bad SIDs. Who attests gives each of them an attestation: a forged or retired one's is a counterfeit, a vendor's is its own.
const (
	genuine   badness = iota
	forged            // MS2 never knew it
	retired           // MS2 knew it once
	swapped           // a vendor's in the place of a product's
	malformed         // no SID at all
	kinds             // how many there are
)

var badnessWords = [kinds]string{"no bad SID", "a forged SID", "a retired SID", "a vendor's SID for a product's", "a malformed SID"}

// describe is for people who look for what went wrong.
func (b badness) describe(sid string) string {
	if b == genuine {
		return badnessWords[b]
	}
	return fmt.Sprintf("%s, %q,", badnessWords[b], sid)
}

// drafts draws so many orders of the customers of one round. The same name and seed draw the same.
func (c *catalogue) drafts(name string, count int, seed uint64) []draft {
	random := rand.New(rand.NewPCG(seed, 2))
	all := make([]draft, count)
	for i := range all {
		d := &all[i]
		d.user = fmt.Sprintf("%s-%d", name, i)
		d.Customer, d.Source = "customer of "+name, orders.Fetched
		if i%2 == 1 {
			d.Source = orders.Kept
		}
		d.Lines = c.basket(random, 1+random.IntN(mostLines))
		if i%badEvery == badEvery/2 {
			d.spoil(c, random)
		}
	}
	return all
}

// spoil makes the product of one line a bad one.
func (d *draft) spoil(c *catalogue, random *rand.Rand) {
	d.at = random.IntN(len(d.Lines))
	d.bad = 1 + badness(random.IntN(int(kinds)-1))
	line := &d.Lines[d.at]
	switch d.bad {
	case forged:
		d.sid = c.forged(random, line.Vendor.SID)
	case retired:
		d.sid = c.retired[random.IntN(len(c.retired))]
		line.Vendor.SID = vendorOf(d.sid)
	case swapped:
		d.sid = line.Vendor.SID
	case malformed:
		d.sid = line.Product.SID + " "
	}
	line.Product.SID = d.sid
}
