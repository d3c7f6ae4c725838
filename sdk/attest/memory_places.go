package attest

import (
	"sync/atomic"
	"time"
)

// ways is how many places a set has: with their tags they fill a cache line.
const ways = 7

// places are a set of them.
type places struct {
	tags  atomic.Uint64 // a byte of the hash of what is in each place: only where it is the same a token is looked at
	slots [ways]atomic.Pointer[remembered]
}

// tag is the byte of a hash that choices does not go by.
func tag(hash uint64) byte { return byte(hash >> 24) }

// find returns what is remembered of a token here, and where; nil for nothing.
func (p *places) find(hash uint64, token string) (*remembered, int) {
	tags, want := p.tags.Load(), tag(hash)
	for i := range ways {
		if byte(tags>>(8*i)) != want {
			continue
		}
		if r := p.slots[i].Load(); r != nil && r.hash == hash && r.token == token {
			return r, i
		}
	}
	return nil, 0
}

// put sets a place. Until its tag is right, which is after it, nothing is found there.
func (p *places) put(i int, r *remembered) {
	p.slots[i].Store(r)
	for {
		old := p.tags.Load()
		if p.tags.CompareAndSwap(old, old&^(0xff<<(8*i))|uint64(tag(r.hash))<<(8*i)) {
			return
		}
	}
}

// free counts the places of nothing, and of what counts no more, and returns one of them.
func (p *places) free(now time.Time) (i, n int) {
	for j := range ways {
		if r := p.slots[j].Load(); r == nil || r.key.gone.Load() || r.over(now) {
			i = j
			n++
		}
	}
	return i, n
}

// unused returns a place that was not used since the last look at it: each that was gets one more chance, as by the hand of a clock that
// starts anywhere. There is none that is empty.
func (p *places) unused(hash uint64) int {
	start := int(hash>>16) % ways
	for i := range ways {
		if i = (start + i) % ways; !p.slots[i].Load().used.Swap(false) {
			return i
		}
	}
	return start
}
