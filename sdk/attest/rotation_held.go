package attest

import (
	"crypto"
	"slices"
	"time"
)

// held is a key that a Signer has. It never changes: another From or end makes another held.
type held struct {
	id      string
	private crypto.Signer
	header  string // of its tokens, encoded, with the dot
	public  []byte // its JSON Web Key
	begins  time.Time
	ready   time.Time // published for long enough; zero: from the start
	until   time.Time // published until then; zero: no end yet
}

// usable is when a key may sign.
func (h *held) usable() time.Time {
	if h.ready.After(h.begins) {
		return h.ready
	}
	return h.begins
}

// ending is h, published until a time.
func (h *held) ending(until time.Time) *held {
	ends := *h
	ends.until = until
	return &ends
}

func byID(keys []*held, id string) *held {
	if i := slices.IndexFunc(keys, func(h *held) bool { return h.id == id }); i >= 0 {
		return keys[i]
	}
	return nil
}
