// Package usbids holds the data that the demonstration's MS2 owns: the vendors and products of the USB ID repository, some
// 24,000 entities of the real world. The file is shipped compressed; LICENSE.txt beside it says whose it is.
//
// A vendor's SID is usb: and its four hexadecimal digits, such as usb:046d. A product's is its vendor's and four digits
// more, such as usb:046d:c52b.
package usbids

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
)

// The kinds of [Entity].
const (
	Vendor  = "vendor"
	Product = "product"
)

// Entity is a vendor or a product.
type Entity struct {
	// SID is unique among all entities.
	SID string

	// Kind is [Vendor] or [Product].
	Kind string

	// Name is what the vendor or product is called, in UTF-8.
	Name string
}

//go:embed usb.ids.gz
var compressed []byte

// Entities returns all that the shipped file holds, in the order of their SIDs.
func Entities() ([]Entity, error) {
	file, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return nil, fmt.Errorf("the shipped usb.ids.gz: %w", err)
	}
	entities, err := Parse(file)
	if err != nil {
		return nil, fmt.Errorf("the shipped usb.ids.gz: %w", err)
	}
	return entities, nil
}
