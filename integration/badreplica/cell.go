package main

import (
	"context"
	"time"
)

// cell is one measurement: a load on a fleet some of whose replicas turn bad.
type cell struct {
	kind     kind          // what callers and clients go by
	replicas []kind        // a process of each
	bad      int           // how many turn bad, the first ones
	healthy  time.Duration // for how long all are well before; 0: they are bad before the first check
	span     time.Duration // for how long the cell goes on after
	load     load
	seed     uint64
}

// run plays the cell to a stack.
func (c cell) run(ctx context.Context, open opener) (*figures, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	f, err := startFleet(ctx, c.replicas, c.bad)
	if err != nil {
		return nil, err
	}
	defer f.stop()
	t := &traffic{bad: f.badOnes()}
	s, err := open(c.kind, f.addresses(), t)
	if err != nil {
		return nil, err
	}
	defer s.close()
	h, err := c.play(ctx, f, s)
	if err != nil {
		return nil, err
	}
	figures := h.measure(t, c.windows())
	for _, addr := range t.bad {
		figures.says = append(figures.says, s.saysOf(addr))
	}
	return figures, nil
}

// play has the stack asked while the fleet turns bad.
func (c cell) play(ctx context.Context, f *fleet, s stack) (h history, err error) {
	turned := make(chan error, 1)
	if c.healthy == 0 {
		turned <- f.turn()
	}
	h.began, h.onset = time.Now(), c.healthy
	if c.healthy > 0 {
		time.AfterFunc(c.healthy, func() { turned <- f.turn() })
	}
	h.outcomes, err = play(ctx, h.began, schedule(c.load, c.healthy+c.span, c.seed), func(sids []string) answer {
		ctx, cancel := c.kind.callers.context(ctx)
		defer cancel()
		return s.ask(ctx, sids)
	})
	if err != nil {
		return h, err
	}
	return h, <-turned
}
