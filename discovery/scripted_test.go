package discovery_test

import (
	"context"
	"errors"
	"sync"
	"testing/synctest"
	"time"

	"ms2.internal/lb/discovery"
)

// scripted is a source that says what a test has it say.
type scripted struct {
	name string
	says chan discovery.Snapshot
	ends chan func() error // runs as the last of Watch

	mu               sync.Mutex
	watching, starts int
	overlapped       bool          // two calls of Watch ran at once
	lingers          time.Duration // how long Watch takes to return
}

var errScripted = errors.New("registry is down")

func newScripted(name string) *scripted {
	return &scripted{name: name, says: make(chan discovery.Snapshot), ends: make(chan func() error)}
}

func (s *scripted) Watch(ctx context.Context, update func(discovery.Snapshot)) error {
	s.count(1)
	defer s.count(-1)
	for {
		select {
		case snapshot := <-s.says:
			update(snapshot)
		case end := <-s.ends:
			return end()
		case <-ctx.Done():
			<-time.After(s.lingers)
			return ctx.Err()
		}
	}
}

func (s *scripted) count(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watching += n
	s.starts += max(n, 0)
	s.overlapped = s.overlapped || s.watching > 1
}

// running says how often Watch runs now, and how often it was called.
func (s *scripted) running() (now, ever int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.watching, s.starts
}

func (s *scripted) send(snapshot discovery.Snapshot) {
	snapshot.Source = s.name
	s.says <- snapshot
	synctest.Wait()
}

// tell has the source confirm a set of these IDs now.
func (s *scripted) tell(ids ...string) {
	s.send(discovery.Snapshot{Instances: setOf(ids...), At: time.Now(), Detail: map[string]string{"index": "7"}})
}

// fail has the source report an error.
func (s *scripted) fail() { s.send(discovery.Snapshot{Err: errScripted}) }

// end has Watch end in this way.
func (s *scripted) end(how func() error) {
	s.ends <- how
	synctest.Wait()
}

func setOf(ids ...string) []discovery.Instance {
	set := make([]discovery.Instance, len(ids))
	for i, id := range ids {
		set[i] = discovery.Instance{ID: id, Addr: id + ":80", Weight: 1}
	}
	return set
}
