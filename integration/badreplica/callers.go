package main

import (
	"context"
	"time"
)

// callers are how long those who check wait.
type callers int

const (
	patient callers = iota // a deadline of 2 s
	hasty                  // a deadline of 150 ms
	leaving                // no deadline, but they cancel after 150 ms
)

const (
	patience = 2 * time.Second
	haste    = 150 * time.Millisecond
)

// context is that of one check.
func (c callers) context(parent context.Context) (context.Context, context.CancelFunc) {
	switch c {
	case hasty:
		return context.WithTimeout(parent, haste)
	case leaving:
		ctx, cancel := context.WithCancel(parent)
		timer := time.AfterFunc(haste, cancel)
		return ctx, func() { timer.Stop(); cancel() }
	}
	return context.WithTimeout(parent, patience)
}
