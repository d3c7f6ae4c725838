package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"
)

// task is one cell to be played.
type task struct {
	name string
	run  func(context.Context) error
}

// runAll runs the tasks, some at once, and tells of each when it has ended. It ends early at the first error.
func runAll(ctx context.Context, tasks []task, atOnce int, progress io.Writer) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	places := make(chan struct{}, atOnce)
	var running sync.WaitGroup
	for i, t := range tasks {
		places <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		running.Go(func() {
			defer func() { <-places }()
			began := time.Now()
			if err := t.run(ctx); err != nil {
				cancel(fmt.Errorf("%s: %w", t.name, err))
				return
			}
			fmt.Fprintf(progress, "%d of %d: %s, %.0f s\n", i+1, len(tasks), t.name, time.Since(began).Seconds())
		})
	}
	running.Wait()
	return context.Cause(ctx)
}
