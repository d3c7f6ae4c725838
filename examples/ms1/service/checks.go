package service

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"ms2.internal/lb/examples/ms1/orders"
	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
	"ms2.internal/lb/sdk/health"
)

// Checks is what checks the SIDs of orders. [SDK] opens the one that this service is about; others are compared with it.
type Checks struct {
	// Guard stands before the handler of orders.
	Guard func(http.Handler) http.Handler

	// Attempts returns how many requests were sent to MS2 so far; nil where nobody counts them.
	Attempts func() int64

	// Operators serves what operators see, such as /stats and /readyz; nil for nothing but /readyz.
	Operators http.Handler

	// Close ends all of it, once the service has answered its last request; nil where nothing needs that.
	Close func() error
}

// Open opens what checks SIDs, as the environment says. audience is the name under which MS2 signs for this service; "" when
// attestations do not count.
type Open func(audience string, log *slog.Logger) (Checks, error)

// SDK checks by a client of the SDK, with a verifier where attestations count.
func SDK(audience string, log *slog.Logger) (Checks, error) {
	config, err := sdk.ConfigFromEnv()
	if err != nil {
		return Checks{}, err
	}
	opts := []sdk.Option{sdk.WithLogger(log)}
	if audience != "" {
		verifier, err := attest.NewVerifier(attest.VerifierOptions{Issuer: "ms2", Audience: audience})
		if err != nil {
			return Checks{}, fmt.Errorf("-audience: %w", err)
		}
		opts = append(opts, sdk.WithAttestations(verifier))
	}
	client, err := sdk.New(config, opts...)
	if err != nil {
		return Checks{}, err
	}
	guard, err := orders.Guard(client, log)
	if err != nil {
		return Checks{}, errors.Join(err, client.Close())
	}
	return Checks{
		Guard:     guard,
		Attempts:  func() int64 { return client.Stats().Attempts },
		Operators: health.Handler(client),
		Close:     client.Close,
	}, nil
}
