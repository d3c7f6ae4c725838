package protocol

import (
	"context"
	"errors"
)

// Entity is what a store knows of one SID.
type Entity struct {
	// Kind says what sort of entity it is, such as "vendor"; "" for none.
	Kind string

	// Version changes whenever the entity does; "" means that it has none, and every answer is a full one.
	// Version and Kind are UTF-8 of at most [MaxLabelBytes]; what breaks that is left out of answers.
	Version string

	// Retired means that the SID is known but no longer valid: it is answered like an unknown one.
	Retired bool
}

// Store is where a [Handler] looks SIDs up. Its method is called concurrently.
type Store interface {
	// Lookup returns what is known of sids: 1 to [MaxItems] of them, each well-formed and named once. One call serves a
	// whole batch, so that one query can. A SID absent from the map is unknown, and so invalid: when some could not be
	// looked up, return an error. One that wraps [ErrUnavailable] sends the client to another replica.
	//
	// ctx ends when nobody waits any more; return soon after. A panic is logged and answered as an error is.
	Lookup(ctx context.Context, sids []string) (map[string]Entity, error)
}

// ErrUnavailable is wrapped by the error of a store that can't answer just now but soon will: the handler answers 503
// with Retry-After: 1, and the client lets this replica rest instead of counting a fault.
var ErrUnavailable = errors.New("unavailable")
