package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/pprof"
	"time"
)

// bench is what all measurements share.
type bench struct {
	options
	fleet    fleet
	sids     []string // the most popular first
	wake     *alarm
	progress io.Writer
}

// measure plays a load to a subject. All subjects of a round are played the same.
func (b *bench) measure(ctx context.Context, s *subject, load, round int) (sample, error) {
	var result sample
	var err error
	pprof.Do(ctx, pprof.Labels("mode", s.mode.String()), func(context.Context) {
		seed := b.seed + uint64(round)
		if _, err = play(b.arrivals(load, b.warm, ^seed), b.wake.wait, s.ask); err == nil {
			result, err = b.count(s, b.arrivals(load, b.span, seed))
		}
	})
	return result, err
}

func (b *bench) arrivals(load int, span time.Duration, seed uint64) []arrival {
	return schedule(b.sids, b.zipf, load, span, seed)
}

// count plays arrivals and counts meanwhile. The replicas are asked first and last, so that it is no part of the client's.
func (b *bench) count(s *subject, arrivals []arrival) (sample, error) {
	runtime.GC() // nobody pays for the garbage of another
	before, err := b.used(s)
	if err != nil {
		return sample{}, err
	}
	t, err := play(arrivals, b.wake.wait, s.ask)
	if err != nil {
		return sample{}, err
	}
	client, err := cpuTime()
	if err != nil {
		return sample{}, err
	}
	asked := s.requests()
	replicas, err := b.fleet.cpu()
	if t.err != nil {
		fmt.Fprintf(b.progress, "%v: a check failed: %v\n", s.mode, t.err)
	}
	return newSample(t, usage{asked - before.requests, client - before.client, replicas - before.fleet}), err
}

// used is what was used so far.
func (b *bench) used(s *subject) (usage, error) {
	replicas, err := b.fleet.cpu()
	if err != nil {
		return usage{}, err
	}
	asked := s.requests()
	client, err := cpuTime()
	return usage{asked, client, replicas}, err
}
