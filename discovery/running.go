package discovery

import (
	"context"
	"errors"
	"fmt"
)

// running is one call of Watch in a goroutine of its own, whose snapshots go to the one goroutine that tells the consumer.
type running struct {
	stop context.CancelFunc
	done chan struct{} // closed when Watch has returned
}

// word is what a running source says: a snapshot, or, at the end, why there will be no more.
type word struct {
	from     *running
	snapshot Snapshot
	ended    error // nil: it goes on
}

// run starts source. It waits for the end of before, nil for none: a source need not bear two calls of Watch at once.
func run(ctx context.Context, source Source, words chan<- word, before *running) *running {
	ctx, stop := context.WithCancel(ctx)
	r := &running{stop: stop, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		if before != nil {
			<-before.done
		}
		r.watch(ctx, source, words)
	}()
	return r
}

// watch says why the source ended however it does: nobody else could catch a panic in this goroutine.
func (r *running) watch(ctx context.Context, source Source, words chan<- word) {
	say := func(w word) {
		w.from = r
		if ctx.Err() != nil {
			return // that it ends now is nobody's news
		}
		select {
		case words <- w:
		case <-ctx.Done():
		}
	}
	ended := errors.New("it ended its goroutine")
	defer func() {
		if fault := recover(); fault != nil {
			ended = fmt.Errorf("it panicked: %v", fault)
		}
		say(word{ended: ended})
	}()
	ended = source.Watch(ctx, func(s Snapshot) { say(word{snapshot: s}) })
	if ended == nil {
		ended = errors.New("it returned")
	}
}

// end stops the source and waits until it has. A nil r has ended.
func (r *running) end() {
	if r != nil {
		r.stop()
		<-r.done
	}
}
