package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"
)

// slicer measures one side, a slice at a time.
type slicer interface {
	slice() (figures, error)
	close() error
}

// rounds says how many rounds an experiment has and how one side of a round is started.
type rounds struct {
	least, most int
	start       func(ctx context.Context, s side, experiment string, seed int) (slicer, error)
	progress    io.Writer
}

// patience is how long one round may take. It takes some seconds; a hung one ends by it.
const patience = 5 * time.Minute

// playAll plays one experiment after the other.
func (r rounds) playAll(ctx context.Context, all []experiment) error {
	for _, e := range all {
		if err := r.play(ctx, e); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	return nil
}

// play runs rounds of one experiment until its ratios are known well enough, or there were too many.
func (r rounds) play(ctx context.Context, e experiment) error {
	began := time.Now()
	for n := 1; n <= max(r.least, r.most); n++ {
		if n > r.least && e.sure() {
			break
		}
		if err := r.round(ctx, e, n); err != nil {
			return fmt.Errorf("round %d: %w", n, err)
		}
		fmt.Fprintf(r.progress, "%s: round %d, %v, %.0f s\n", e.name, n, e.series[0].ratios, time.Since(began).Seconds())
	}
	return nil
}

// round starts both sides and lets them take turns. New processes differ in where their memory lies, so that no one
// layout decides.
func (r rounds) round(ctx context.Context, e experiment, seed int) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	both, err := r.startBoth(ctx, e, seed)
	if err == nil {
		err = both.takeTurns(e)
	}
	return errors.Join(err, both.close())
}

// pair is both sides of a round; one that did not start is nil.
type pair [2]slicer

// startBoth starts both sides in random order and warms each up with a slice that does not count.
func (r rounds) startBoth(ctx context.Context, e experiment, seed int) (both pair, err error) {
	for _, s := range eitherOrder() {
		if both[s], err = r.start(ctx, s, e.name, seed); err != nil {
			return both, err
		}
		if _, err = both[s].slice(); err != nil {
			return both, err
		}
	}
	return both, nil
}

// takeTurns lets both sides measure a slice each, in random order, again and again. One waits while the other measures.
func (both pair) takeTurns(e experiment) error {
	for range e.slices {
		for _, s := range eitherOrder() {
			if err := both.turn(e, s); err != nil {
				return err
			}
		}
	}
	e.endRound()
	return nil
}

func (both pair) turn(e experiment, s side) error {
	f, err := both[s].slice()
	if err != nil {
		return err
	}
	return e.add(s, f)
}

func (both pair) close() error {
	var failed error
	for _, one := range both {
		if one != nil {
			failed = errors.Join(failed, one.close())
		}
	}
	return failed
}

func eitherOrder() [2]side {
	if rand.IntN(2) == 0 {
		return [2]side{present, earlier}
	}
	return [2]side{earlier, present}
}
