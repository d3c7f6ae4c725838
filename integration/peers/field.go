package main

import (
	"context"
	"fmt"
	"runtime/pprof"
	"strconv"
	"time"
)

// field is all rules at all numbers of replicas.
type field []*entrant

// openField opens and warms up all. What it returns is to be closed even when it fails.
func openField(s settings) (all field, err error) {
	for _, replicas := range s.replicas {
		for _, r := range s.rules {
			e, err := enter(r, replicas)
			if err != nil {
				return all, fmt.Errorf("%s: %w", r.name, err)
			}
			all = append(all, e)
			if err := e.prepare(s.slice); err != nil {
				return all, fmt.Errorf("%s: %w", r.name, err)
			}
		}
	}
	return all, nil
}

func (f field) close() {
	for _, e := range f {
		e.closed()
	}
}

// measure runs the rounds. In each the numbers of replicas come in turn and the rules in a new order.
func (f field) measure(ctx context.Context, s settings) error {
	began := time.Now()
	for i := range s.rounds {
		for _, replicas := range s.replicas {
			same := f.with(replicas)
			s.random.Shuffle(len(same), func(i, j int) { same[i], same[j] = same[j], same[i] })
			if err := same.round(ctx); err != nil {
				return fmt.Errorf("round %d: %w", i+1, err)
			}
		}
		fmt.Fprintf(s.progress, "round %d of %d, %.0f s\n", i+1, s.rounds, time.Since(began).Seconds())
	}
	return nil
}

func (f field) round(ctx context.Context) (err error) {
	for _, e := range f {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		labels := pprof.Labels("rule", e.rule.name, "replicas", strconv.Itoa(e.replicas))
		pprof.Do(ctx, labels, func(context.Context) { err = e.round() })
		if err != nil {
			return fmt.Errorf("%s: %w", e.rule.name, err)
		}
	}
	return nil
}

func (f field) with(replicas int) (same field) {
	for _, e := range f {
		if e.replicas == replicas {
			same = append(same, e)
		}
	}
	return same
}

// of is the rule's entrant, nil where it was left out.
func (f field) of(r rule, replicas int) *entrant {
	for _, e := range f.with(replicas) {
		if e.rule.name == r.name {
			return e
		}
	}
	return nil
}
