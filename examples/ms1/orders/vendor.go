package orders

import (
	"fmt"
	"net/http"
	"strings"

	"ms2.internal/lb/sdk/middleware"
)

// TypeForeignVendor is the type of the problem that a product is not its vendor's. Status 422.
const TypeForeignVendor = "urn:ms1:foreign-vendor"

// foreign refuses an order in which a product is not its vendor's. MS2 says of each SID that it is genuine; whether two belong together
// is for the service to check.
func (o Order) foreign() *problem {
	var faults middleware.Faults
	for i, l := range o.Lines {
		if !belongs(l.Product.SID, l.Vendor.SID) {
			faults = append(faults, middleware.Fault{
				Place: middleware.Place{Pointer: fmt.Sprintf("/lines/%d/product/sid", i)},
				SID:   l.Product.SID, Detail: "is not a product of the vendor " + l.Vendor.SID,
			})
		}
	}
	if faults == nil {
		return nil
	}
	return &problem{
		Type: TypeForeignVendor, Title: "Not a product of its vendor", Status: http.StatusUnprocessableEntity,
		Detail: "the order was not stored, for what errors says of each SID", Errors: faults,
	}
}

// belongs reports whether a product is the vendor's. MS2's contract for this catalogue: the SID of a product is that of its vendor, a
// colon and four hexadecimal digits. Where SIDs tell nothing, MS2's data of the product names its vendor.
func belongs(product, vendor string) bool {
	digits, ok := strings.CutPrefix(product, vendor+":")
	return ok && len(digits) == 4 && strings.Trim(digits, "0123456789abcdef") == ""
}
