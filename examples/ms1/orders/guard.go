package orders

import (
	"log/slog"
	"net/http"

	"ms2.internal/lb/examples/login"
	"ms2.internal/lb/sdk/middleware"
)

// Guard lets an order through to a handler when MS2 vouches for every SID in it, as the kind that it stands for: by an attestation
// that came with the order, from memory, or asked. A version that the browser was told keeps an older verdict of MS1's memory from
// counting against it. What the handler gets is what was checked.
//
// checker is a client of the SDK, or what is compared with one. log is told of faults of the program; nil for [slog.Default].
func Guard(checker middleware.Checker, log *slog.Logger) (func(http.Handler) http.Handler, error) {
	return middleware.New(checker, middleware.Options{
		SIDs: []middleware.Field{
			middleware.JSON("/lines/*/product/sid", "product").Version("/version"),
			middleware.JSON("/lines/*/vendor/sid", "vendor").Version("/version"),
		},
		Attestations: []string{"/lines/*/product/attestation", "/lines/*/vendor/attestation"},
		Subject:      login.User, // bad SIDs and forged attestations are counted against this user, too
		MaxBody:      maxBody,
		Logger:       log,
		OnRefuse:     noteRefusal,

		// Who tampers is refused, not only while MS1 does not remember the SIDs.
		VerifyAttestations: true,
	})
}
