package orders

import (
	"log/slog"
	"net/http"

	"ms2.internal/lb/sdk/middleware"
)

// guard lets an order through when MS2 vouches for every SID in it, as the kind that it stands for: by an attestation that came with
// the order, from memory, or asked. A version that the browser was told keeps an older verdict of MS1's memory from counting against
// it. What the handler gets is what was checked.
func guard(checker middleware.Checker, log *slog.Logger) (func(http.Handler) http.Handler, error) {
	return middleware.New(checker, middleware.Options{
		SIDs: []middleware.Field{
			middleware.JSON("/lines/*/product/sid", "product").Version("/version"),
			middleware.JSON("/lines/*/vendor/sid", "vendor").Version("/version"),
		},
		Attestations: []string{"/lines/*/product/attestation", "/lines/*/vendor/attestation"},
		Subject:      customer,
		MaxBody:      maxBody,
		Logger:       log,
	})
}

// HeaderCustomer names the customer whose request it is, as the authentication in front of this service sets it. Bad SIDs and forged
// attestations are counted against them.
const HeaderCustomer = "Ms1-Customer"

func customer(r *http.Request) string { return r.Header.Get(HeaderCustomer) }
