package main

import (
	"context"
	"fmt"
	"io"
	"strings"
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

// run runs the steps one after the other, each under a heading, until the context ends.
func run(ctx context.Context, out io.Writer, steps []step) tally {
	var t tally
	for i, s := range steps {
		if ctx.Err() != nil {
			break
		}
		fmt.Fprintf(out, "\n==> %d/%d %s\n", i+1, len(steps), s.name)
		begin := time.Now()
		err := withSignsOfLife(ctx, out, s)
		took := time.Since(begin).Seconds()
		if err != nil {
			fmt.Fprintf(out, "    FAILED in %.1f s: %v\n", took, err)
			t.failed = append(t.failed, s.name)
			continue
		}
		fmt.Fprintf(out, "    passed in %.1f s\n", took)
		t.passed++
	}
	return t
}

func withSignsOfLife(ctx context.Context, out io.Writer, s step) error {
	begin := time.Now()
	ended := make(chan error, 1)
	go func() { ended <- s.run(ctx, out) }()
	ticker := time.NewTicker(signOfLife)
	defer ticker.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-ticker.C:
			fmt.Fprintf(out, "    %s goes on, %.0f s so far\n", s.name, time.Since(begin).Seconds())
		}
	}
}
