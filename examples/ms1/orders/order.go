// Package orders takes, checks, keeps and returns the orders of the demonstration's MS1.
//
// An order carries data of MS2 that came through a browser: just fetched (flow 1), or kept by the browser for some time
// (flow 2). Neither can be trusted, so every SID is checked with the SDK before anything is stored. guard.go shows how.
package orders

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// The values of [Order.Source].
const (
	// Fetched is data that the browser just had from MS2: flow 1.
	Fetched = "fetched"

	// Kept is data that the browser had from MS2 some time ago: flow 2.
	Kept = "kept"
)

// Order is what a browser posts.
type Order struct {
	Customer string `json:"customer"`       // MS1's own data, as is the note
	Note     string `json:"note,omitempty"` // "" for none
	Source   string `json:"source"`         // Fetched or Kept
	Lines    []Line `json:"lines"`
}

// Line is one product of an order.
type Line struct {
	Product  Product `json:"product"`
	Vendor   Vendor  `json:"vendor"`
	Quantity int     `json:"quantity"`
}

// Product is MS2's data of a product, as the browser has it: the SID is checked, name and version are the browser's word.
type Product struct {
	SID     string `json:"sid"`
	Name    string `json:"name"`
	Version string `json:"version,omitempty"` // that MS2 told the browser

	// Attestation is what MS2 signed of it, if the browser has that. It is not stored.
	Attestation string `json:"attestation,omitempty"`
}

// Vendor is MS2's data of a vendor, as a [Product] is that of a product.
type Vendor struct {
	SID     string `json:"sid"`
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`

	Attestation string `json:"attestation,omitempty"`
}

// Stored is an order as the store has it.
type Stored struct {
	ID      string    `json:"id"`
	Created time.Time `json:"created"`
	User    string    `json:"user,omitempty"` // who posted it; "" for nobody

	Order
}

// Limits of an order.
const (
	maxBody     = 256 << 10 // of 200 SIDs, with 600 bytes of attestation each
	maxLines    = 100
	maxText     = 1000 // of each text, in bytes
	maxQuantity = 10_000
)

// fault says what is wrong with an order's form, "" for nothing. Whether its SIDs are genuine is another question.
func (o Order) fault() string {
	switch {
	case strings.TrimSpace(o.Customer) == "" || len(o.Customer) > maxText:
		return fmt.Sprintf("customer is empty or longer than %d bytes", maxText)
	case strings.ContainsFunc(o.Customer, unseen):
		return "customer has control characters"
	case len(o.Note) > maxText:
		return fmt.Sprintf("note is longer than %d bytes", maxText)
	case strings.ContainsFunc(o.Note, func(r rune) bool { return unseen(r) && !strings.ContainsRune("\r\n\t", r) }):
		return "note has control characters beside line ends and tabs"
	case o.Source != Fetched && o.Source != Kept:
		return fmt.Sprintf("source is neither %s nor %s", Fetched, Kept)
	case len(o.Lines) == 0 || len(o.Lines) > maxLines:
		return fmt.Sprintf("lines has not 1 to %d elements", maxLines)
	}
	for i, l := range o.Lines {
		if l.Quantity < 1 || l.Quantity > maxQuantity {
			return fmt.Sprintf("lines/%d/quantity is not 1 to %d", i, maxQuantity)
		}
		if len(l.Product.Name) > maxText || len(l.Vendor.Name) > maxText {
			return fmt.Sprintf("lines/%d has a name longer than %d bytes", i, maxText)
		}
	}
	return ""
}

// unseen reports whether a character changes how others are shown, without being seen: a control character, or one that turns the
// direction of writing (Unicode Standard Annex 9, 2.1 to 2.5).
func unseen(r rune) bool {
	return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// unsigned removes the attestations, which are of no use once they were checked.
func (o Order) unsigned() Order {
	for i := range o.Lines {
		o.Lines[i].Product.Attestation, o.Lines[i].Vendor.Attestation = "", ""
	}
	return o
}
