package attest

import (
	"maps"
	"sync"
	"sync/atomic"
)

// maxHeaders bounds the headers that are known. A signer has one a key; others only put the members in another order.
const maxHeaders = 64

// headers knows the keys of headers, as these were sent, that came with a signature that was right. Finding one takes no lock.
type headers struct {
	known atomic.Pointer[map[string]*key]
	mu    sync.Mutex // held by those who add
}

// find returns the key of a header that is known and whose key is in use still; nil for none.
func (h *headers) find(head string, keys *keyring) *key {
	known := h.known.Load()
	if known == nil {
		return nil
	}
	k := (*known)[head]
	if k == nil {
		return nil
	}
	if now, _ := keys.find(k.id); now != k {
		return nil
	}
	return k
}

// add makes a header known, and forgets those whose key was withdrawn: all, when that is not enough.
func (h *headers) add(head string, k *key) {
	h.mu.Lock()
	defer h.mu.Unlock()
	next := map[string]*key{}
	if known := h.known.Load(); known != nil {
		next = maps.Clone(*known)
	}
	maps.DeleteFunc(next, func(_ string, k *key) bool { return k.gone.Load() })
	if len(next) >= maxHeaders {
		clear(next)
	}
	next[head] = k
	h.known.Store(&next)
}
