package ways

import (
	"context"
	"net/http"
	"runtime"
	"time"
)

// load is what one round has each way do.
type load struct {
	warm, open, closed []draft
	due                []time.Duration // of warm and open
}

// bench measures ways, one at a time.
type bench struct {
	lineup  *lineup
	signers *signers
	client  *http.Client
}

// slot has one way do a round's load, at a fixed rate and then as fast as it can.
func (b *bench) slot(ctx context.Context, w way, l load) (sample, error) {
	var s sample
	warm, open, closed, err := b.written(w, l)
	if err != nil {
		return s, err
	}
	first, err := b.lineup.usage(ctx, w)
	if err != nil {
		return s, err
	}
	c := b.crowd(w)
	if err := b.paced(ctx, w, c, warm, open, l.due, &s); err != nil {
		return s, err
	}
	if err := b.rehearse(ctx, w, closed); err != nil {
		return s, err
	}
	s.of[throughput] = float64(len(closed)) / c.closed(ctx, closed).Seconds()
	last, err := b.lineup.usage(ctx, w)
	s.asked = last.since(first).asked.Checks
	if words := c.mishap.Load(); words != nil {
		s.mishap = *words
	}
	for o := range s.results {
		s.results[o] = c.counts[o].Load()
	}
	return s, err
}

// paced posts orders at a fixed rate, and measures those after the warm ones.
func (b *bench) paced(ctx context.Context, w way, c *crowd, warm, open []posting, due []time.Duration, s *sample) error {
	c.open(ctx, warm, due[:len(warm)])
	if err := b.rehearse(ctx, w, open); err != nil {
		return err
	}
	runtime.GC() // no way pays for the garbage of another
	before, err := b.lineup.usage(ctx, w)
	if err != nil {
		return err
	}
	took := c.open(ctx, open, due[:len(open)])
	after, err := b.lineup.usage(ctx, w)
	if err != nil {
		return err
	}
	s.latencies(milliseconds(took))
	s.spent(after.since(before), len(open))
	return ctx.Err()
}

// rehearse has the attestations of the orders seen, where they are to be known: it posts each order in a form that MS1 does not store. So
// all databases are of one size.
func (b *bench) rehearse(ctx context.Context, w way, orders []posting) error {
	if !w.again {
		return nil
	}
	unfinished := make([]posting, len(orders))
	for i, p := range orders {
		var err error
		if unfinished[i], err = p.unfinished(); err != nil {
			return err
		}
	}
	b.crowd(w).closed(ctx, unfinished)
	return ctx.Err()
}

// spent fills in what so many orders used.
func (s *sample) spent(u usage, orders int) {
	an := func(total float64) float64 { return total / float64(orders) }
	s.of[requests], s.of[pages] = an(float64(u.asked.Checks)), an(float64(u.asked.Pages))
	for f, used := range map[figure]time.Duration{cpuMS1: u.ms1, cpuMS2: u.ms2, cpuGateway: u.gateway} {
		s.of[f] = an(1000 * used.Seconds())
	}
}

// crowd is people who order by a way.
func (b *bench) crowd(w way) *crowd {
	addr := b.lineup.addr(w)
	return &crowd{post: func(ctx context.Context, p posting) (outcome, string) { return p.post(ctx, b.client, addr) }, sleep: sleep}
}

// written is a load as a way posts it.
func (b *bench) written(w way, l load) (warm, open, closed []posting, err error) {
	if warm, err = b.postings(w, l.warm); err != nil {
		return nil, nil, nil, err
	}
	if open, err = b.postings(w, l.open); err != nil {
		return nil, nil, nil, err
	}
	closed, err = b.postings(w, l.closed)
	return warm, open, closed, err
}

// postings writes orders for a way, with the attestations that it takes.
func (b *bench) postings(w way, drafts []draft) ([]posting, error) {
	all := make([]posting, len(drafts))
	for i, d := range drafts {
		var err error
		if all[i], err = b.posting(w, d); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// posting writes an order. What a thief has goes past the gateway in the body.
func (b *bench) posting(w way, d draft) (posting, error) {
	var err error
	switch w.brings {
	case stolen:
		if d, err = b.signers.attestBad(d, map[string]string{}); err != nil {
			return posting{}, err
		}
	case complete:
		if d, err = b.signers.attest(d); err != nil {
			return posting{}, err
		}
		return newAttestedPosting(d)
	}
	return newPosting(d)
}

func milliseconds(took []time.Duration) []float64 {
	values := make([]float64, len(took))
	for i, t := range took {
		values[i] = 1000 * t.Seconds()
	}
	return values
}
