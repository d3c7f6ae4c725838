package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
)

// signOfLife is how often a long step shows that it still goes on.
const signOfLife = time.Minute

// choose keeps the steps whose name contains the word.
func choose(steps []step, word string) []step {
	var chosen []step
	for _, s := range steps {
		if strings.Contains(s.name, word) {
			chosen = append(chosen, s)
		}
	}
	return chosen
}

func names(steps []step) []string {
	var names []string
	for _, s := range steps {
		names = append(names, s.name)
	}
	return names
}

// runner runs steps and tells of them.
type runner struct {
	steps int

	mu    sync.Mutex // guards what follows
	out   io.Writer
	tally tally
}

// run runs the steps until the context ends: those of one lane one after the other, lanes side by side where they may.
func run(ctx context.Context, out io.Writer, steps []step) tally {
	r := &runner{steps: len(steps), out: out}
	var beside sync.WaitGroup
	beside.Go(func() { r.inTurn(ctx, in(computing, steps)) })
	beside.Go(func() { r.inTurn(ctx, in(waiting, steps)) })
	beside.Wait()
	r.inTurn(ctx, in(alone, steps))
	return r.tally
}

// in keeps the steps of a lane.
func in(l lane, steps []step) []step {
	return slices.DeleteFunc(slices.Clone(steps), func(s step) bool { return s.lane != l })
}

// inTurn runs steps one after the other.
func (r *runner) inTurn(ctx context.Context, steps []step) {
	for _, s := range steps {
		if ctx.Err() != nil {
			return
		}
		var said bytes.Buffer
		begin := time.Now()
		err := r.withSignsOfLife(s.name, func() error { return s.run(ctx, &said) })
		r.end(s, said.Bytes(), time.Since(begin), err)
	}
}

// end counts a step and prints under a heading what it said, in one piece.
func (r *runner) end(s step, said []byte, took time.Duration, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	verdict := "passed"
	if err != nil {
		verdict = "FAILED"
		r.tally.failed = append(r.tally.failed, s.name)
	} else {
		r.tally.passed++
	}
	fmt.Fprintf(r.out, "\n==> %d/%d %s\n%s", r.tally.passed+len(r.tally.failed), r.steps, s.name, said)
	fmt.Fprintf(r.out, "    %s in %.1f s%s\n", verdict, took.Seconds(), because(err))
}

func because(err error) string {
	if err == nil {
		return ""
	}
	return ": " + err.Error()
}

func (r *runner) withSignsOfLife(name string, work func() error) error {
	begin := time.Now()
	ended := make(chan error, 1)
	go func() { ended <- work() }()
	ticker := time.NewTicker(signOfLife)
	defer ticker.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-ticker.C:
			r.goesOn(name, time.Since(begin))
		}
	}
}

func (r *runner) goesOn(name string, since time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(r.out, "\n    %s goes on, %.0f s so far\n", name, since.Seconds())
}
