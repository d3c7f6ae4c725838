package sdk_test

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
)

// toldSource is a source that tells what it is told.
type toldSource chan []string

func (s toldSource) Watch(ctx context.Context, update func(discovery.Snapshot)) error {
	for {
		select {
		case addrs := <-s:
			instances := []discovery.Instance{}
			for _, addr := range addrs {
				instances = append(instances, discovery.Instance{ID: addr, Addr: addr, Weight: 1})
			}
			update(discovery.Snapshot{Instances: instances, Source: "test", At: time.Now()})
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// tell returns when the client knows.
func (s toldSource) tell(addrs ...string) {
	s <- addrs
	s <- addrs // taken only after the first was handed over
}

func TestARemovedReplicaFinishesItsRequestAndIsNeverReachedAgain(t *testing.T) {
	held, release := make(chan struct{}, 1), make(chan struct{})
	a := onWire(t, func(w http.ResponseWriter, r *http.Request) {
		held <- struct{}{}
		<-release
		batchAnswer(w, r)
	})
	b := onWire(t, batchAnswer)
	source := make(toldSource)
	client := wireClient(t, sdk.Config{CacheEntries: sdk.Off}, sdk.WithSource(source))
	source.tell(a.addr())
	answered := make(chan error)
	go func() {
		_, err := client.Validate(t.Context(), "a")
		answered <- err
	}()
	<-held
	source.tell(b.addr())
	traffic := func() {
		t.Helper()
		for range 100 {
			if _, err := client.Validate(t.Context(), "a", sdk.NoCache()); err != nil {
				t.Error(err)
			}
		}
	}
	traffic()
	close(release)
	if err := <-answered; err != nil {
		t.Errorf("the request in flight: %v", err)
	}
	if n := a.requests.Load(); n != 1 {
		t.Errorf("the removed replica got %d requests, want the one from before", n)
	}
	if stats := client.Stats(); len(stats.Replicas) != 1 || stats.Replicas[0].Addr != b.addr() {
		t.Errorf("%+v", stats.Replicas)
	}
	eventually(t, "the removed replica's connection closes", func() bool { return a.closed.Load() == a.conns.Load() })
	a.Close()
	other := anotherService(t, a.addr())
	traffic()
	if n := other.Load(); n != 0 {
		t.Errorf("%d connections to the service that has the port now", n)
	}
}

// anotherService counts the connections to a port that is another's now.
func anotherService(t *testing.T, addr string) *atomic.Int64 {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	var accepted atomic.Int64
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			accepted.Add(1)
			c.Close()
		}
	}()
	return &accepted
}

// eventually waits for what another goroutine or the kernel is about to do.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	guard := time.After(30 * time.Second)
	for !done() {
		select {
		case <-tick.C:
		case <-guard:
			t.Fatalf("not in time: %s", what)
		}
	}
}
