package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
)

// point is one load in one mode, over all rounds.
type point struct {
	load int
	mode mode
	of   [figures]interval
}

// saturated says that there is more than the mode, or the machine, can do: checks fail, take very long, or the generator is
// not given the time to start them.
func (p point) saturated() bool {
	return p.of[failed].median > 1 || p.of[p50].median > 100 || p.of[lag99].median > 100
}

// sweep measures every load in every mode, each mode up to the first load that saturates it.
func sweep(ctx context.Context, o options, progress io.Writer) ([]point, error) {
	sids, err := readPopularity(o.seed)
	if err != nil {
		return nil, err
	}
	replicas, err := startFleet(o)
	if err != nil {
		return nil, err
	}
	defer replicas.stop()
	wake, err := newAlarm()
	if err != nil {
		return nil, err
	}
	defer wake.stop()
	subjects, err := newSubjects(replicas.addresses())
	if err != nil {
		return nil, err
	}
	defer closeSubjects(subjects)
	b := &bench{options: o, fleet: replicas, sids: sids, wake: wake, progress: progress}
	return b.climb(ctx, subjects)
}

// climb goes from load to load while a client can follow.
func (b *bench) climb(ctx context.Context, subjects []*subject) ([]point, error) {
	var curve []point
	for _, load := range b.loads {
		if !slices.ContainsFunc(subjects, func(s *subject) bool { return s.client != nil && !s.saturated }) {
			break
		}
		points, err := b.step(ctx, subjects, load)
		if err != nil {
			return nil, fmt.Errorf("%d checks/s: %w", load, err)
		}
		curve = append(curve, points...)
	}
	return curve, nil
}

// step measures one load in the modes that are not saturated yet.
func (b *bench) step(ctx context.Context, subjects []*subject, load int) ([]point, error) {
	samples := make([][]sample, modes)
	for round := range b.rounds {
		for _, i := range b.order(load, round) {
			s := subjects[i]
			if s.saturated {
				continue
			}
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			one, err := b.measure(ctx, s, load, round)
			if err != nil {
				return nil, fmt.Errorf("%v: %w", s.mode, err)
			}
			samples[s.mode] = append(samples[s.mode], one)
		}
	}
	return b.conclude(subjects, load, samples), nil
}

// order is in which order a round takes the modes: by chance, so that none always follows the same.
func (b *bench) order(load, round int) []int {
	return rand.New(rand.NewPCG(b.seed+uint64(round), uint64(load))).Perm(modes)
}

// conclude makes points of a load's samples.
func (b *bench) conclude(subjects []*subject, load int, samples [][]sample) []point {
	var points []point
	for _, s := range subjects {
		if s.saturated {
			continue
		}
		p := newPoint(load, s.mode, samples[s.mode])
		s.saturated = p.saturated()
		fmt.Fprintf(b.progress, "%6d/s  %-17v  requests/check %s, p50 %s ms, p99 %s ms, client CPU %s µs%s\n", load, s.mode,
			p.of[requests], p.of[p50], p.of[p99], p.of[clientCPU], remark(p))
		points = append(points, p)
	}
	return points
}

// remark marks a saturated point.
func remark(p point) string {
	if p.saturated() {
		return ", saturated"
	}
	return ""
}

func newPoint(load int, m mode, samples []sample) point {
	p := point{load: load, mode: m}
	for f := range p.of {
		var values []float64
		for _, s := range samples {
			values = append(values, s[f])
		}
		p.of[f] = newInterval(values)
	}
	return p
}
