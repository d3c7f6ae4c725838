package attest

import (
	"hash/maphash"
	"sync/atomic"
	"time"

	"ms2.internal/lb/sdk"
)

// remembered is a token that was verified, and what it says.
type remembered struct {
	token   string
	hash    uint64
	key     *key
	said    sdk.Attestation
	bound   bool
	subject string        // that its binding matched: no other does
	at      time.Time     // when it was verified, by both clocks
	life    time.Duration // from then on
	used    atomic.Bool   // since it was last looked at for its place
}

// over reports whether its life has ended.
func (r *remembered) over(now time.Time) bool { return age(r.at, now) >= r.life }

// judge decides of a token that was verified before. Only one subject has its binding, and it is known.
func (r *remembered) judge(subject string, now time.Time) reason {
	switch {
	case r.over(now):
		return expired
	case r.bound && r.subject != subject:
		return badSubject
	}
	return accepted
}

// memory is a bounded set of verified tokens by their whole text. A token may have a place in two sets of places, which its hash, with a
// seed of this memory, chooses: the emptier takes it, so that few are forgotten while others have room. Finding, adding and replacing
// take no lock; who adds when another does may undo that, no more.
type memory struct {
	seed maphash.Seed
	sets []places
}

// newMemory remembers at most so many tokens, rounded up to whole sets; none at all for 0.
func newMemory(most int) *memory {
	return &memory{seed: maphash.MakeSeed(), sets: make([]places, (most+ways-1)/ways)}
}

// hash is over the end of a token alone: no two signatures are alike there.
func (m *memory) hash(token string) uint64 {
	const enough = 64
	return maphash.String(m.seed, token[max(0, len(token)-enough):])
}

// choices are the two sets of a hash, which may be the same one.
func (m *memory) choices(hash uint64) (first, second *places) {
	n := uint64(len(m.sets))
	return &m.sets[hash%n], &m.sets[hash>>32%n]
}

// find returns what is remembered of a token; nil for nothing. What a withdrawn key signed is forgotten.
func (m *memory) find(token string) *remembered {
	if len(m.sets) == 0 {
		return nil
	}
	hash := m.hash(token)
	first, second := m.choices(hash)
	r, _ := first.find(hash, token)
	if r == nil {
		r, _ = second.find(hash, token)
	}
	if r == nil || r.key.gone.Load() {
		return nil
	}
	if !r.used.Load() {
		r.used.Store(true)
	}
	return r
}

// add remembers a token, in the place that it has, or else a free one, or else that of one not used of late.
func (m *memory) add(r *remembered) {
	if len(m.sets) == 0 {
		return
	}
	r.hash = m.hash(r.token)
	first, second := m.choices(r.hash)
	if old, i := first.find(r.hash, r.token); old != nil {
		first.put(i, r)
		return
	}
	if old, i := second.find(r.hash, r.token); old != nil {
		second.put(i, r)
		return
	}
	set := first
	free, n := first.free(r.at)
	if other, more := second.free(r.at); more > n {
		set, free, n = second, other, more
	}
	if n == 0 {
		free = set.unused(r.hash)
	}
	set.put(free, r)
}
