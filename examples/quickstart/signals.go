package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// untilTold returns a context that ends by Ctrl-C, Ctrl-\ and the other signals that ask to end, or when the process that started
// this one is gone: the go command does not pass on a signal that ends it.
//
// Only the first signal counts, for the rest of the process's life. One may arrive twice within milliseconds, as timeout(1)
// sends it, and a second one that ended the process at once would leave files behind. To end everything takes seconds at most.
func untilTold() context.Context {
	// What prints to a pipe that nobody reads gets an error from now on, instead of its end.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	told := make(chan os.Signal, 1)
	signal.Notify(told, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	ctx, end := context.WithCancel(context.Background())
	go func() {
		defer end()
		awaitEnd(told)
	}()
	return ctx
}

// awaitEnd returns at a signal, or when the process that started this one is gone.
func awaitEnd(told <-chan os.Signal) {
	const lookEvery = 200 * time.Millisecond
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for parent := os.Getppid(); os.Getppid() == parent; {
		select {
		case <-told:
			return
		case <-ticker.C:
		}
	}
}
