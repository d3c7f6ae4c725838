package attest

import (
	"context"
	"sync"
	"sync/atomic"
)

// keyring has the keys in use. Finding one takes no lock. The zero keyring has none.
type keyring struct {
	keys atomic.Pointer[map[string]*key] // by ID, of a map that is never changed; nil until the first set

	opened atomic.Bool
	keep   func(context.Context) // keeps the keys until the context ends; set by open
	wake   chan struct{}         // of capacity 1: a key was unknown. Set by open; nil where the keys are pinned

	mu     sync.Mutex
	status status // guarded by mu
}

// find returns the key of an ID; nil for none. known reports whether any set was had.
func (r *keyring) find(id string) (k *key, known bool) {
	keys := r.keys.Load()
	if keys == nil {
		return nil, false
	}
	return (*keys)[id], true
}

// unknown tells that a token names a key that find does not have. It returns at once: whether and when the keys are fetched for it
// is the fetcher's business.
func (r *keyring) unknown() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// current returns the keys in use, nil before the first set.
func (r *keyring) current() map[string]*key {
	if keys := r.keys.Load(); keys != nil {
		return *keys
	}
	return nil
}
