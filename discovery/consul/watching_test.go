package consul_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/discovery/consul"
)

// newSource makes a source that asks f. The environment must not lead it elsewhere.
func newSource(t *testing.T, f *fakeAgent) *consul.Source {
	return newSourceOf(t, consul.Config{Service: "ms2", API: f.api()})
}

func newSourceOf(t *testing.T, config consul.Config) *consul.Source {
	t.Helper()
	source, err := consul.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func (f *fakeAgent) api() *api.Config {
	return &api.Config{Address: "consul.test:8500", Scheme: "http", Transport: &http.Transport{DialContext: f.network.dial}}
}

// watching is one consumer of a source, which keeps the set as the contract says.
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

// set is the IDs in use, for example "n/a n/b"; "nothing told" before the first set.
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

func (w *watching) snapshots() []discovery.Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]discovery.Snapshot(nil), w.told...)
}

func (w *watching) last(t *testing.T) discovery.Snapshot {
	t.Helper()
	told := w.snapshots()
	if len(told) == 0 {
		t.Fatal("nothing was told yet")
	}
	return told[len(told)-1]
}

func (w *watching) wantSet(t *testing.T, want string) {
	t.Helper()
	if got := w.set(); got != want {
		t.Fatalf("in use: %q, want %q", got, want)
	}
}

// pass lets d pass on the bubble's clock and everything settle.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// replica is a healthy entry on the node n.
func replica(id string) *api.ServiceEntry {
	return &api.ServiceEntry{
		Node:    &api.Node{Node: "n", Address: "10.0.0.1"},
		Service: &api.AgentService{ID: id, Service: "ms2", Port: 8080, Weights: api.AgentWeights{Passing: 1, Warning: 1}},
		Checks:  api.HealthChecks{check("service:"+id, api.HealthPassing), check("serfHealth", api.HealthPassing)},
	}
}

func replicas(n int) []*api.ServiceEntry {
	entries := make([]*api.ServiceEntry, n)
	for i := range entries {
		entries[i] = replica(fmt.Sprintf("r%d", i))
	}
	return entries
}

func check(id, status string) *api.HealthCheck { return &api.HealthCheck{CheckID: id, Status: status} }

// with puts another check on an entry.
func with(entry *api.ServiceEntry, id, status string) *api.ServiceEntry {
	entry.Checks = append(entry.Checks, check(id, status))
	return entry
}
