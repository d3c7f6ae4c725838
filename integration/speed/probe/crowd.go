package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"

	"ms2.internal/lb/sdk"
)

// crowd is callers who check one SID after the other, each as soon as it has the verdict on its last. It holds the SIDs
// by caller, in the caller's order.
type crowd [][]string

// newCrowd lets each caller make so many checks. The callers' first checks are spread evenly over the SIDs, in random
// order, and so are their second ones, and all later.
func newCrowd(callers, each, distinct int, random *rand.Rand) crowd {
	c := make(crowd, callers)
	for range each {
		for caller, place := range random.Perm(callers) {
			c[caller] = append(c[caller], fmt.Sprintf("usb:%04x", place%distinct))
		}
	}
	return c
}

// begins is the same crowd with no more than the first n checks of each caller.
func (c crowd) begins(n int) crowd {
	short := make(crowd, len(c))
	for caller, sids := range c {
		short[caller] = sids[:min(n, len(sids))]
	}
	return short
}

// checks is how many the crowd makes.
func (c crowd) checks() int { return len(c) * len(c[0]) }

// run lets all callers go at once and waits for them.
func (c crowd) run(ctx context.Context, client *sdk.Client) error {
	var group sync.WaitGroup
	start, failed := make(chan struct{}), make([]error, len(c))
	for caller, sids := range c {
		group.Go(func() {
			<-start
			failed[caller] = inTurn(ctx, client, sids)
		})
	}
	close(start)
	group.Wait()
	return errors.Join(failed...)
}

// inTurn makes one caller's checks, with a context of the caller's own, as the handler of a request has.
func inTurn(ctx context.Context, client *sdk.Client, sids []string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for _, sid := range sids {
		if v, err := client.Validate(ctx, sid); err != nil || !v.Valid {
			return fmt.Errorf("%s: valid is %v: %w", sid, v.Valid, err)
		}
	}
	return nil
}
