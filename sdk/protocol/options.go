package protocol

import (
	"context"
	"log/slog"
	"time"
)

// HandlerOptions set up a [Handler]. The zero value works: answers that nobody keeps, for everybody, without a limit.
//
// Durations are sent in whole seconds, the rest cut off, and at most ten years; below zero is the same as zero.
// Functions are called concurrently; one that panics spoils that one answer, or leaves its header out.
type HandlerOptions struct {
	// MaxAge is for how long a client may believe that a SID is valid without asking again. 0: not at all, no-store.
	MaxAge time.Duration

	// NegativeMaxAge is the same for a SID that is invalid. Keep it short: it delays the first use of a new entity.
	NegativeMaxAge time.Duration

	// StaleWhileRevalidate is for how long after MaxAge a client may use a valid verdict while it asks anew (RFC 5861, 3).
	// Without MaxAge it means nothing. 0: not at all.
	StaleWhileRevalidate time.Duration

	// StaleIfError is for how long after MaxAge a client may use a valid verdict when asking fails (RFC 5861, 4).
	// Without MaxAge it means nothing. 0: not at all.
	StaleIfError time.Duration

	// Token is the bearer token (RFC 6750) that both doors ask for. "": they are open to everybody.
	Token string

	// MaxInFlight is how many requests the doors serve at once; one more is answered 429 with Retry-After: 1.
	// 0 or less: no limit.
	MaxInFlight int

	// Health says whether this replica can serve: an error, which is logged and not shown, makes /healthz answer 503.
	// nil: it always can.
	Health func(context.Context) error

	// Load returns the replica's utilisation, 0 to 1 and above, sent with every answer in [HeaderLoad]; it should return
	// at once. A value below 0 or not finite is left out. nil: no header.
	Load func() float64

	// Attester signs attestations of what is valid, for those who ask at the doors, and serves its keys at [PathKeys]. When it
	// fails, or the lookup took over a second, the answer goes without; either is logged at most once a minute. Who holds the Token
	// has them made for any subject. nil: there are none, and who asks for them is answered without.
	//
	// Attestations are for one audience, the Attester's, so these doors serve one service. For a second one make another Handler with
	// an Attester of its own, at another address or prefix; data endpoints take the Attester of the service that they answer.
	Attester Attester

	// Logger is told of errors and panics of the functions above and the store, which answers never show.
	// nil: slog.Default().
	Logger *slog.Logger

	// SingleOnly closes the batch door with a 404, as on an MS2 that does not have it yet.
	SingleOnly bool
}
