package discovery_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/discovery"
)

// watching is one consumer of a source in a bubble, which keeps the set as the contract says.
type watching struct {
	stop func()
	done chan error

	mu    sync.Mutex
	told  []discovery.Snapshot
	inUse []discovery.Instance
	since time.Time // when inUse last changed
}

func watch(t *testing.T, source discovery.Source) *watching {
	ctx, cancel := context.WithCancel(t.Context())
	w := &watching{stop: cancel, done: make(chan error, 1)}
	go func() { w.done <- source.Watch(ctx, w.update) }()
	t.Cleanup(cancel)
	synctest.Wait()
	return w
}

func (w *watching) update(s discovery.Snapshot) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = append(w.told, s)
	if s.Instances != nil {
		w.inUse, w.since = s.Instances, time.Now()
	}
}

// set is the IDs in use, for example "a b"; "nothing told" before the first set.
func (w *watching) set() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.inUse == nil {
		return "nothing told"
	}
	ids := make([]string, len(w.inUse))
	for i, instance := range w.inUse {
		ids[i] = instance.ID
	}
	return strings.Join(ids, " ")
}

func (w *watching) setAt() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.since
}

func (w *watching) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.told)
}

func (w *watching) last(t *testing.T) discovery.Snapshot {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.told) == 0 {
		t.Fatal("nothing was told yet")
	}
	return w.told[len(w.told)-1]
}

func (w *watching) wantSet(t *testing.T, want string) {
	t.Helper()
	if got := w.set(); got != want {
		t.Fatalf("in use: %q, want %q", got, want)
	}
}

// wantErr wants the last snapshot to have an error that says all the words, or none where there are no words.
func (w *watching) wantErr(t *testing.T, words ...string) {
	t.Helper()
	err := w.last(t).Err
	if (err != nil) != (len(words) > 0) {
		t.Fatalf("error %v, want words %q", err, words)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("error %v, want it to say %q", err, word)
		}
	}
}

// pass lets d pass on the bubble's clock and everything settle.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}
