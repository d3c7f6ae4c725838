package cache

import "iter"

// Keys are the SIDs as they are kept.
func (c *Cache) Keys() iter.Seq[string] { return c.entries.Keys() }

// CleanUp has the container do now what it puts off.
func (c *Cache) CleanUp() { c.entries.CleanUp() }
