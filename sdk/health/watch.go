package health

import (
	"fmt"
	"sync"
	"time"
	"weak"

	"ms2.internal/lb/sdk"
)

const (
	sampleEvery = time.Second            // history, and what viewers get
	lookEvery   = 200 * time.Millisecond // for an event, while somebody looks
)

// watch keeps the history of one client and tells its viewers.
type watch struct {
	name   string
	source source
	feed   *feed
	holder weak.Pointer[handler] // whose history it is

	mu   sync.Mutex
	past history // guarded by mu
}

// watchAll watches each client under a name of its own, for as long as somebody holds the handler.
func watchAll(h *handler, sources []source) []*watch {
	watches := make([]*watch, len(sources))
	taken := map[string]bool{}
	for i, s := range sources {
		watches[i] = &watch{name: freeName(taken, clip(s.Stats().Client.Name, maxName)), source: s, feed: newFeed(), holder: weak.Make(h)}
		watches[i].start()
	}
	return watches
}

// freeName is the name, with a number when another client has it.
func freeName(taken map[string]bool, name string) string {
	if name == "" {
		name = "ms2"
	}
	free := name
	for n := 2; taken[free]; n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	taken[free] = true
	return free
}

// start takes the first sample, and goes on unless the client was closed.
func (w *watch) start() {
	w.sample()
	select {
	case <-w.source.Done():
	default:
		go w.run()
	}
}

// run samples until the client is closed or nobody holds the handler any more.
func (w *watch) run() {
	second, look := time.NewTicker(sampleEvery), time.NewTicker(lookEvery)
	defer second.Stop()
	defer look.Stop()
	var told uint64 // the last event that viewers know of
	for {
		select {
		case <-w.source.Done():
			return
		case <-second.C:
			if w.holder.Value() == nil {
				return
			}
			told = w.publish(w.sample())
		case <-w.feed.joined:
			look.Reset(lookEvery)
			told = w.publish(w.source.Stats())
		case <-look.C:
			if !w.feed.watched() {
				look.Stop()
			} else if s := w.source.Stats(); lastEvent(s) != told {
				told = w.publish(s)
			}
		}
	}
}

// sample adds to the history what is so now.
func (w *watch) sample() sdk.Stats {
	s := w.source.Stats()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.past.add(s)
	return s
}

// publish tells the viewers, and returns the last event that they know of now.
func (w *watch) publish(s sdk.Stats) uint64 {
	w.feed.publish(func(f form) []byte { return w.encode(f, s) })
	return lastEvent(s)
}

// view is what the page shows.
func (w *watch) view(s sdk.Stats) view {
	w.mu.Lock()
	defer w.mu.Unlock()
	return viewOf(w.name, s, &w.past)
}

func lastEvent(s sdk.Stats) uint64 {
	if len(s.Events) == 0 {
		return 0
	}
	return s.Events[len(s.Events)-1].Seq
}
