package discovery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

const (
	defaultPatience = 5 * time.Second

	// chainSettle is how long the sources after one that recovered run on, in case it ends again.
	chainSettle = 10 * time.Second
)

// Chain is a [Source] of several, in the order of preference: the first that tells of a set is used.
//
// A source that has told of no set for the patience, whether it is silent or reports errors, is left running, and the
// next one is started beside it. As soon as an earlier source tells of a set it is used instead, and the later ones are
// stopped 10 s after. An empty set is an answer: it is used. A source that had a set and now reports an error keeps its
// place, as its set stays in use. One whose Watch returns or panics has failed for good: the next one is started at once,
// and the last set stays in use until that one tells of its own.
//
// Instances that two sources know by different IDs are different to a balancer. A [Remember] belongs around the chain,
// not into it: what it remembers would be an answer, and no later source would ever be asked.
//
// A Chain is immutable. It never has two calls of a source's Watch at once for one call of its own.
type Chain struct {
	patience time.Duration
	sources  []Source
}

// NewChain takes at least one source. patience is 1 ms to 1 h, 0 means 5 s.
func NewChain(patience time.Duration, sources ...Source) (*Chain, error) {
	patience = cmp.Or(patience, defaultPatience)
	err := checkDuration("the patience", patience, time.Millisecond, time.Hour)
	if len(sources) == 0 {
		err = errors.Join(err, errors.New("no source, want at least one"))
	}
	if i := slices.Index(sources, nil); i >= 0 {
		err = errors.Join(err, fmt.Errorf("source %d is nil", i+1))
	}
	if err != nil {
		return nil, fmt.Errorf("chain of sources: %w", err)
	}
	return &Chain{patience: patience, sources: slices.Clone(sources)}, nil
}

// Watch implements [Source]. It calls update from the caller's goroutine and returns once every source it started has
// returned; before ctx ends only when all of them have failed for good. A snapshot is that of the source in use, which
// Snapshot.Source names; Detail holds "chain" besides: which source it is, and why not an earlier one.
func (c *Chain) Watch(ctx context.Context, update func(Snapshot)) error {
	ctx, cancel := context.WithCancel(ctx)
	w := newChainWatch(c, update)
	defer w.end()
	defer cancel()
	for {
		change := w.adjust(ctx, time.Now())
		if err := w.over(); err != nil {
			return err
		}
		select {
		case word := <-w.words:
			w.take(word, time.Now())
		case <-change:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
