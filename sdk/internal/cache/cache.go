package cache

import (
	"strings"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
)

// Cache is a bounded set of entries by SID. A nil Cache keeps nothing. It may be used concurrently.
type Cache struct {
	entries   *otter.Cache[string, *Entry]
	evictions atomic.Int64
}

// New returns a cache of at most size entries; nil, which keeps nothing, when size is below 1.
func New(size int) (*Cache, error) {
	if size < 1 {
		return nil, nil
	}
	c := &Cache{}
	var err error
	c.entries, err = otter.New(&otter.Options[string, *Entry]{
		MaximumSize: size,
		OnAtomicDeletion: func(e otter.DeletionEvent[string, *Entry]) {
			if e.Cause.IsEviction() {
				c.evictions.Add(1)
			}
		},
	})
	return c, err
}

// Get returns the entry of a SID, in whatever state; nil when there is none. It allocates nothing.
func (c *Cache) Get(sid string) *Entry {
	if c == nil {
		return nil
	}
	e, _ := c.entries.GetIfPresent(sid)
	return e
}

// Put keeps an entry unless the one that is there was asked later; an entry that is not storable only removes. Calls for
// one SID must not overlap.
func (c *Cache) Put(sid string, e *Entry) {
	if c == nil {
		return
	}
	old := c.Get(sid)
	if old != nil && old.Asked.After(e.Asked) {
		return
	}
	if !e.Storable() {
		c.entries.Invalidate(sid)
		return
	}
	e.InheritRecheck(old)
	c.entries.Set(strings.Clone(sid), e) // a SID may be a slice of a large body, which must not be kept with it
}

// Outdate removes the entry of a SID if it was asked before at.
func (c *Cache) Outdate(sid string, at time.Time) {
	if e := c.Get(sid); e != nil && e.Asked.Before(at) {
		c.entries.Invalidate(sid)
	}
}

// Forget removes the entry of a SID.
func (c *Cache) Forget(sid string) {
	if c != nil {
		c.entries.Invalidate(sid)
	}
}

// Stats returns how many entries there are, and how many were driven out for want of room.
func (c *Cache) Stats() (entries int, evictions int64) {
	if c == nil {
		return 0, 0
	}
	return c.entries.EstimatedSize(), c.evictions.Load()
}
