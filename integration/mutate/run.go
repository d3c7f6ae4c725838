package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// signOfLife is how often a run shows how far it is.
const signOfLife = time.Minute

// run tries the mutants of a package, or with -list prints them to out. An interrupted run returns what it found so far.
func run(ctx context.Context, root string, o options, out, progress io.Writer) (report, error) {
	files, err := sources(ctx, root, o.pkg)
	if err != nil {
		return report{}, err
	}
	mutants := mutantsOf(files, o.files)
	if len(mutants) == 0 {
		return report{}, errors.New("there is nothing to change")
	}
	known, err := readExplanations(o.explained)
	if err != nil {
		return report{}, err
	}
	r := report{mutants: sample(mutants, o.sample, o.seed), known: known}
	if o.whole() {
		r.stale = known.stale(files, mutants)
	}
	if o.list {
		r.list(out)
		return r, nil
	}
	r.outcomes, err = tryAll(ctx, root, o, r.mutants, progress)
	return r, err
}

// tryAll tries the mutants in a lab of their own.
func tryAll(ctx context.Context, root string, o options, mutants []mutant, progress io.Writer) ([]outcome, error) {
	temp, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	lab, err := newLab(ctx, root, temp, o)
	if err != nil {
		return nil, err
	}
	if err := lab.calibrate(ctx); err != nil {
		return nil, err
	}
	workers, err := lab.workers(ctx, o.workers)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(progress, "the tests pass; %d mutants to try, at most %.0f s for each package's tests\n",
		len(mutants), lab.limit.Seconds())
	return collect(progress, len(mutants), start(ctx, workers, mutants))
}

// trial is what became of the mutant with an index.
type trial struct {
	index   int
	outcome outcome
	err     error
}

// start tries the mutants, some at a time, and closes the channel after the last or once the context has ended. It must be
// read to its end.
func start(ctx context.Context, workers []*worker, mutants []mutant) <-chan trial {
	jobs, trials := make(chan int, len(mutants)), make(chan trial)
	for i := range mutants {
		jobs <- i
	}
	close(jobs)
	var working sync.WaitGroup
	for _, w := range workers {
		working.Go(func() { w.work(ctx, mutants, jobs, trials) })
	}
	go func() { working.Wait(); close(trials) }()
	return trials
}

// collect waits for all trials and puts their outcomes in order. It returns the first error.
func collect(progress io.Writer, total int, trials <-chan trial) ([]outcome, error) {
	outcomes, done, firstErr := make([]outcome, total), 0, error(nil)
	ticker := time.NewTicker(signOfLife)
	defer ticker.Stop()
	for {
		select {
		case t, more := <-trials:
			if !more {
				return outcomes, firstErr
			}
			outcomes[t.index] = t.outcome
			done++
			if firstErr == nil {
				firstErr = t.err
			}
		case <-ticker.C:
			fmt.Fprintf(progress, "%d of %d mutants tried\n", done, total)
		}
	}
}
