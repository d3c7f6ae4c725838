package discovery_test

import (
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/discovery"
)

// vandal watches a source and changes every set it is told, after noting its first ID.
func vandal(t *testing.T, source discovery.Source) (firsts func() []string) {
	var told []string
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = source.Watch(ctx, func(s discovery.Snapshot) {
			for i := range s.Instances {
				told = append(told, s.Instances[i].ID)
				s.Instances[i].ID = "changed"
			}
			for name := range s.Detail {
				s.Detail[name] = "changed"
			}
		})
	}()
	synctest.Wait()
	return func() []string {
		cancel()
		<-done
		return told
	}
}

func TestConsumerMayChangeWhatAFileTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "ms2.json")
		write(t, path, oneInstance)
		source, _ := discovery.NewFile(path)
		firsts := vandal(t, source)
		pass(5 * time.Second)
		if told := firsts(); len(told) != 1 {
			t.Errorf("told %v, want the set once: it did not change", told)
		}
	})
}

func TestConsumerMayChangeWhatAChainTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := newScripted("one"), newScripted("two")
		source, _ := discovery.NewChain(0, one, two)
		firsts := vandal(t, source)
		pass(5 * time.Second)
		two.tell("b")
		one.tell("a")
		one.end(func() error { return errScripted })
		if told := firsts(); len(told) != 3 || told[2] != "b" {
			t.Errorf("told %v, want b a b", told)
		}
	})
}

func TestConsumerMayChangeWhatARememberedSetHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "ms2.remembered")
		live := newScripted("live")
		source, _ := discovery.NewRemember(path, "ms2", 0, live)
		firsts := vandal(t, source)
		live.tell("a")
		firsts()
		if id := readDisk(t, path).Instances[0].ID; id != "a" {
			t.Errorf("on disk: %q, want what the source told", id)
		}
	})
}
