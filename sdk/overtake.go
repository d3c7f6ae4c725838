package sdk

import "slices"

// A check that wants an answer asked for from now on begins a new flight beside one that was sent before. Both bring an
// answer to those who wait for them, in any order; what is kept must be the newer one, and the older only until that comes.

// overtakeLocked lets a newer flight take the place of one that was sent.
func (c *collector) overtakeLocked(f *flight) {
	c.detachLocked(f)
	c.overtaken[f.sid] = append(c.overtaken[f.sid], f)
}

// outdateLocked has those that a flight overtook keep nothing, since it has brought something newer.
func (c *collector) outdateLocked(f *flight) {
	for _, older := range c.overtaken[f.sid] {
		if older == f {
			return
		}
		older.forgets = true
	}
}

// unlinkLocked drops an overtaken flight that is over.
func (c *collector) unlinkLocked(f *flight) {
	rest := slices.DeleteFunc(c.overtaken[f.sid], func(o *flight) bool { return o == f })
	if len(rest) > 0 {
		c.overtaken[f.sid] = rest
	} else {
		delete(c.overtaken, f.sid)
	}
}
