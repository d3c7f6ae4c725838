package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// crowd is callers who check one SID after the other, each as soon as it has the verdict on its last.
type crowd struct {
	names []string   // the distinct SIDs
	sids  [][]string // by caller, in the caller's order
}

// newCrowd lets each caller make so many checks. The callers' first checks are spread evenly over the SIDs, in random
// order, and so are their second ones, and all later.
func newCrowd(callers, checks, distinct int, random *rand.Rand) *crowd {
	c := &crowd{names: make([]string, distinct), sids: make([][]string, callers)}
	for i := range c.names {
		c.names[i] = fmt.Sprintf("usb:%04x", i)
	}
	for range checks {
		for caller, place := range random.Perm(callers) {
			c.sids[caller] = append(c.sids[caller], c.names[place%distinct])
		}
	}
	return c
}

// begins is the same crowd with no more than the first n checks of each caller.
func (c *crowd) begins(n int) *crowd {
	short := &crowd{names: c.names}
	for _, sids := range c.sids {
		short.sids = append(short.sids, sids[:min(n, len(sids))])
	}
	return short
}

// checks is how many the crowd makes.
func (c *crowd) checks() int { return len(c.sids) * len(c.sids[0]) }

// asked is how many SIDs the crowd asks for: the distinct ones, once for each check of a caller.
func (c *crowd) asked() int { return min(len(c.names), len(c.sids)) * len(c.sids[0]) }

// run lets all callers go at once. It returns how long it took from then on, and how long each check did, in order.
func (c *crowd) run(ctx context.Context, ask check) (took time.Duration, each []time.Duration, err error) {
	var ready sync.WaitGroup
	var group errgroup.Group
	start := make(chan struct{})
	latencies := make([]time.Duration, c.checks())
	for caller, sids := range c.sids {
		mine := latencies[caller*len(sids):][:len(sids)]
		ready.Add(1)
		group.Go(func() error {
			ready.Done()
			<-start
			return inTurn(ctx, ask, sids, mine)
		})
	}
	ready.Wait()
	began := time.Now()
	close(start)
	err = group.Wait()
	took = time.Since(began)
	slices.Sort(latencies)
	return took, latencies, err
}

// inTurn makes one caller's checks, with a context of the caller's own, as the handler of a request has.
func inTurn(ctx context.Context, ask check, sids []string, latencies []time.Duration) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for i, sid := range sids {
		began := time.Now()
		valid, err := ask(ctx, sid)
		latencies[i] = time.Since(began)
		if err != nil || !valid {
			return fmt.Errorf("%s: valid is %v: %w", sid, valid, err)
		}
	}
	return nil
}

// quantile is the value below which the given share of sorted values lies.
func quantile(sorted []time.Duration, share float64) time.Duration {
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}
