// Package orders takes, checks, keeps and returns the orders of the demonstration's MS1.
//
// An order carries data of MS2 that came through a browser: just fetched (flow 1), or kept by the browser for some time
// (flow 2). Neither can be trusted, so every SID is checked with the SDK before anything is stored. guard.go shows how.
package orders

import (
	"fmt"
	"time"
)

// The values of [Order.Source].
const (
	// Fetched is data that the browser just had from MS2: flow 1.
	Fetched = "fetched"

	// Kept is data that the browser had from MS2 some time ago: flow 2.
	Kept = "kept"
)

// Order is what a browser posts, and gets back with an ID.
type Order struct {
	ID       string    `json:"id,omitempty"`     // given by MS1
	Created  time.Time `json:"created,omitzero"` // likewise
	Customer string    `json:"customer"`         // MS1's own data, as is the note
	Note     string    `json:"note,omitempty"`   //
	Source   string    `json:"source"`           // Fetched or Kept
	Lines    []Line    `json:"lines"`
}

// Line is one product of an order.
type Line struct {
	Product  Product `json:"product"`
	Vendor   Vendor  `json:"vendor"`
	Quantity int     `json:"quantity"`
}

// Product is MS2's data of a product, as the browser has it.
type Product struct {
	SID     string `json:"sid"`
	Name    string `json:"name"`
	Version string `json:"version,omitempty"` // that MS2 told the browser

	// Attestation is what MS2 signed of it, if the browser has that. It is not kept.
	Attestation string `json:"attestation,omitempty"`
}

// Vendor is MS2's data of a vendor, as the browser has it.
type Vendor struct {
	SID     string `json:"sid"`
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`

	Attestation string `json:"attestation,omitempty"`
}

// Limits of an order.
const (
	maxBody     = 256 << 10 // of 200 SIDs, with 600 bytes of attestation each
	maxLines    = 100
	maxText     = 1000 // of each text, in bytes
	maxQuantity = 10_000
)

// problem says what is wrong with an order's form, "" for nothing. Whether its SIDs are genuine is another question.
func (o Order) problem() string {
	switch {
	case o.Customer == "" || len(o.Customer) > maxText:
		return fmt.Sprintf("customer is empty or longer than %d bytes", maxText)
	case len(o.Note) > maxText:
		return fmt.Sprintf("note is longer than %d bytes", maxText)
	case o.Source != Fetched && o.Source != Kept:
		return fmt.Sprintf("source is neither %s nor %s", Fetched, Kept)
	case len(o.Lines) == 0 || len(o.Lines) > maxLines:
		return fmt.Sprintf("there are not 1 to %d lines", maxLines)
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
