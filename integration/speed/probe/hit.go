package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// held is how many SIDs are in the cache. With many, how they fall into its buckets is much the same in every process.
const held = 1000

var errNotHeld = errors.New("a check was not answered from the cache")

// hit measures checks that are answered from the cache.
func hit(ctx context.Context, t turns, s size, random *rand.Rand) error {
	return withClient(time.Hour, 10*held, func(client *sdk.Client) error {
		h := hits{client: client}
		if err := h.fill(ctx, random); err != nil {
			return err
		}
		return t.take(func(out io.Writer) error { return h.slice(ctx, out, s) })
	})
}

// hits checks SIDs that the client has in its cache, one after the other.
type hits struct {
	client *sdk.Client
	sids   []string // in random order
	at     int      // the next
}

func (h *hits) fill(ctx context.Context, random *rand.Rand) error {
	for _, place := range random.Perm(held) {
		sid := fmt.Sprintf("usb:%04x", place)
		if _, err := h.client.Validate(ctx, sid); err != nil {
			return err
		}
		h.sids = append(h.sids, sid)
	}
	return nil
}

func (h *hits) slice(ctx context.Context, out io.Writer, s size) error {
	ns, err := perCall(s, func(calls int) error { return h.check(ctx, calls) })
	if err != nil {
		return err
	}
	allocations := testing.AllocsPerRun(held, func() { err = h.check(ctx, 1) })
	fmt.Fprintf(out, "hit %g\nhit.allocations %g\n", ns, allocations)
	return err
}

func (h *hits) check(ctx context.Context, calls int) error {
	for range calls {
		if v, err := h.client.Validate(ctx, h.sids[h.at]); err != nil || v.Origin != sdk.Cached {
			return errors.Join(errNotHeld, err)
		}
		if h.at++; h.at == held {
			h.at = 0
		}
	}
	return nil
}
