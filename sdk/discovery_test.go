package sdk_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
)

var errRegistry = errors.New("the registry is on fire")

// teller is a source that tells what a test gives it, and ends as the test wants.
type teller struct {
	updates chan discovery.Snapshot
	end     chan func() error
	update  chan func(discovery.Snapshot) // what it was given to tell by
}

func newTeller() *teller {
	return &teller{make(chan discovery.Snapshot), make(chan func() error, 1), make(chan func(discovery.Snapshot), 1)}
}

// Watch tells until it is ended.
func (s *teller) Watch(ctx context.Context, update func(discovery.Snapshot)) error {
	s.update <- update
	for {
		select {
		case snapshot := <-s.updates:
			update(snapshot)
		case end := <-s.end:
			return end()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *teller) tell(snapshot discovery.Snapshot) {
	snapshot.Source = "teller"
	s.updates <- snapshot
	synctest.Wait()
}

// instances are of these names, at the addresses of the fleet's replicas.
func instances(names ...string) []discovery.Instance {
	list := []discovery.Instance{}
	for _, name := range names {
		list = append(list, discovery.Instance{ID: name, Addr: name + ":80", Weight: 1})
	}
	return list
}

// told runs a test with a client that finds its replicas by a teller.
func told(t *testing.T, run func(*testing.T, *fleet, *teller, *sdk.Client), names ...string) {
	t.Helper()
	inBubble(t, func(t *testing.T, f *fleet) {
		source := newTeller()
		run(t, f, source, f.clientWith(sdk.Config{}, sdk.WithSource(source)))
	}, names...)
}

func TestACheckBeforeTheFirstSnapshotWaitsForIt(t *testing.T) {
	told(t, func(t *testing.T, f *fleet, source *teller, c *sdk.Client) {
		start := time.Now()
		go func() {
			<-time.After(700 * time.Millisecond)
			source.tell(discovery.Snapshot{Instances: instances("a")})
		}()
		expect(t, c, "a", true, sdk.Fresh)
		took(t, start, 700*time.Millisecond)
	}, "a")
}

func TestTheDeadlineBeforeTheFirstSnapshotSaysWhy(t *testing.T) {
	told(t, func(t *testing.T, f *fleet, source *teller, c *sdk.Client) {
		err := leaving(t, c, "a", 100*time.Millisecond)
		if !errors.Is(err, sdk.ErrNoReplicas) || !strings.Contains(err.Error(), "nothing was told yet") {
			t.Errorf("got %v", err)
		}
		source.tell(discovery.Snapshot{Err: errRegistry})
		for _, err := range []error{leaving(t, c, "a", 100*time.Millisecond), leaving(t, c, "a", 2*time.Second)} {
			if !errors.Is(err, sdk.ErrNoReplicas) || !errors.Is(err, errRegistry) {
				t.Errorf("got %v", err)
			}
		}
	}, "a")
}

func TestAnEmptySetFailsAtOnceAndSaysWhatToDo(t *testing.T) {
	told(t, func(t *testing.T, f *fleet, source *teller, c *sdk.Client) {
		source.tell(discovery.Snapshot{Instances: instances("a")})
		expect(t, c, "a", true, sdk.Fresh)
		source.tell(discovery.Snapshot{Instances: instances()})
		start := time.Now()
		err := refuses(t, c, "b", sdk.ErrNoReplicas)
		took(t, start, 0)
		if !strings.Contains(err.Error(), "MS2_SERVICE") {
			t.Errorf("got %v", err)
		}
		expect(t, c, "a", true, sdk.Cached)
	}, "a")
}

func TestASourceThatEndsLeavesTheLastSetInUse(t *testing.T) {
	ends := map[string]func() error{
		"the source of replicas ended: the adopter's source (WithSource) panicked: boom":       func() error { panic("boom") },
		"the source of replicas ended: the adopter's source (WithSource) exited its goroutine": func() error { runtime.Goexit(); return nil },
		"the source of replicas ended: it returned":                                            func() error { return nil },
		"the source of replicas ended: the registry is on fire":                                func() error { return errRegistry },
	}
	for why, end := range ends {
		told(t, func(t *testing.T, f *fleet, source *teller, c *sdk.Client) {
			source.tell(discovery.Snapshot{Instances: instances("a")})
			source.end <- end
			synctest.Wait()
			d := c.Stats().Discovery
			if d.Error == nil || *d.Error != why || !d.Stale || d.Instances != 1 {
				t.Errorf("got %+v, want %q", d, why)
			}
			expect(t, c, "a", true, sdk.Fresh)
		}, "a")
	}
}

func TestASourceThatEndsBeforeItToldSaysWhy(t *testing.T) {
	told(t, func(t *testing.T, f *fleet, source *teller, c *sdk.Client) {
		source.end <- func() error { return errRegistry }
		synctest.Wait()
		start := time.Now()
		refuses(t, c, "a", errRegistry)
		refuses(t, c, "a", sdk.ErrNoReplicas)
		if d := time.Since(start); d != 0 {
			t.Errorf("waited %v for what will not come", d)
		}
	}, "a")
}

func TestGarbageCostsItselfAlone(t *testing.T) {
	told(t, func(t *testing.T, f *fleet, source *teller, c *sdk.Client) {
		garbage := []discovery.Instance{{ID: "a", Addr: "b:80"}, {ID: "zero", Addr: "a:0"}, {Addr: "a:80"}, {ID: "none"}}
		source.tell(discovery.Snapshot{Instances: append(instances("a"), garbage...)})
		expect(t, c, "a", true, sdk.Fresh)
		if d := c.Stats().Discovery; d.Instances != 1 || len(d.Dropped) != 4 {
			t.Errorf("got %+v", d)
		}
		source.tell(discovery.Snapshot{Instances: garbage[1:]})
		expect(t, c, "b", true, sdk.Fresh)
		if d := c.Stats().Discovery; d.Instances != 1 || len(d.Dropped) != 3 || d.Error == nil || !d.Stale {
			t.Errorf("got %+v", d)
		}
		source.tell(discovery.Snapshot{Instances: instances("a")})
		if d := c.Stats().Discovery; d.Error != nil || d.Stale || d.Changes != 1 {
			t.Errorf("got %+v", d)
		}
	}, "a")
}

func TestGarbageAloneAtFirstSaysWhatIsWrong(t *testing.T) {
	told(t, func(t *testing.T, f *fleet, source *teller, c *sdk.Client) {
		source.tell(discovery.Snapshot{Instances: []discovery.Instance{{ID: "zero", Addr: "a:0"}}})
		err := refuses(t, c, "a", sdk.ErrNoReplicas)
		if !strings.Contains(err.Error(), "zero") {
			t.Errorf("got %v", err)
		}
	}, "a")
}

func TestASetThatCannotBeConfirmedStaysInUse(t *testing.T) {
	told(t, func(t *testing.T, f *fleet, source *teller, c *sdk.Client) {
		source.tell(discovery.Snapshot{Instances: instances("a"), At: time.Now()})
		<-time.After(time.Minute)
		source.tell(discovery.Snapshot{Err: errRegistry, At: time.Now().Add(-time.Minute)})
		expect(t, c, "a", true, sdk.Fresh)
		if d := c.Stats().Discovery; !d.Stale || *d.Error != errRegistry.Error() || *d.AgeSeconds != 60 || d.Instances != 1 {
			t.Errorf("got %+v", d)
		}
	}, "a")
}

func TestAnUpdateAfterCloseIsHarmless(t *testing.T) {
	told(t, func(t *testing.T, f *fleet, source *teller, c *sdk.Client) {
		source.tell(discovery.Snapshot{Instances: instances("a")})
		update := <-source.update
		before := c.Close()
		for range 3 {
			update(discovery.Snapshot{Instances: instances("a", "b"), Err: errRegistry})
		}
		if s := c.Stats(); before != nil || s.Discovery.Instances != 1 || s.Discovery.Error != nil {
			t.Errorf("%v, %+v", before, s.Discovery)
		}
	}, "a", "b")
}
