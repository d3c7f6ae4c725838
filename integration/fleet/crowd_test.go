package fleet_test

import "sync"

// crowd counts the requests that are with a replica, or with all of them.
type crowd struct {
	mu   sync.Mutex
	now  int // guarded by mu
	most int // guarded by mu: since the last look
}

// enter counts a request in, until the function returned is called.
func (c *crowd) enter() (leave func()) {
	c.count(1)
	return func() { c.count(-1) }
}

func (c *crowd) count(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now += n
	c.most = max(c.most, c.now)
}

// look returns the most that there were at once since the last look.
func (c *crowd) look() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	most := c.most
	c.most = c.now
	return most
}
