package registry_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/integration/consulagent"
	"ms2.internal/lb/integration/consulagent/agenttest"
	"ms2.internal/lb/sdk"
)

// world is a Consul agent, replicas in it, a client that found them, and checks that run all the time.
type world struct {
	t        *testing.T
	agent    *consulagent.Agent
	consul   *api.Client
	replicas map[string]*replica
	client   *sdk.Client
	stop     context.CancelFunc
	checks   atomic.Int64
	callers  sync.WaitGroup

	mu       sync.Mutex
	failures []string // guarded by mu
}

// newWorld starts it all, with three replicas, and returns once checks are answered.
func newWorld(t *testing.T, options consulagent.Options) *world {
	t.Helper()
	w := &world{t: t, agent: agenttest.Start(t, options)}
	var err error
	if w.consul, err = w.agent.API(); err != nil {
		t.Fatal(err)
	}
	w.replicas = startReplicas(t, w.consul, "one", "two", "three")
	t.Setenv("CONSUL_HTTP_ADDR", w.agent.Addr())
	t.Setenv("MS2_CONSUL_EMPTY_GRACE", "1s")
	cfg, err := sdk.ConfigFromEnv()
	if err != nil {
		t.Fatal(err)
	}
	if w.client, err = sdk.New(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.close)
	w.eventually("all three replicas are known", func(s sdk.Stats) bool { return len(s.Replicas) == 3 })
	w.run()
	return w
}

// run begins to check SIDs from eight callers, without a pause.
func (w *world) run() {
	ctx, cancel := context.WithCancel(w.t.Context())
	w.stop = cancel
	for range 8 {
		w.callers.Go(func() {
			for ctx.Err() == nil {
				w.check(ctx)
			}
		})
	}
}

func (w *world) check(ctx context.Context) {
	sid := fmt.Sprintf("%s%d", []string{genuine, "forged:"}[rand.N(2)], rand.N(1000))
	v, err := w.client.Validate(ctx, sid)
	w.checks.Add(1)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		w.fail(err.Error())
	case v.Valid != strings.HasPrefix(sid, genuine):
		w.fail(fmt.Sprintf("wrong verdict: %+v", v))
	}
}

func (w *world) fail(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failures = append(w.failures, text)
}

// close ends the checks and says whether one failed.
func (w *world) close() {
	w.stop()
	w.callers.Wait()
	if err := w.client.Close(); err != nil {
		w.t.Error(err)
	}
	w.t.Logf("%d checks, %d failed", w.checks.Load(), len(w.failures))
	for i, text := range w.failures {
		if w.t.Errorf("failed: %s", text); i == 4 {
			break
		}
	}
}

// settle lets a number of checks pass, so that a state is met by real traffic.
func (w *world) settle() {
	w.t.Helper()
	until := w.checks.Load() + 500
	eventually(w.t, "500 checks", func() bool { return w.checks.Load() > until })
}

// eventually waits until the client's statistics are as wanted.
func (w *world) eventually(what string, ok func(sdk.Stats) bool) {
	w.t.Helper()
	eventually(w.t, what, func() bool { return ok(w.client.Stats()) })
}

// expectPicks says whether a replica is picked from now on.
func (w *world) expectPicks(name string, want bool) {
	w.t.Helper()
	before := picks(w.client.Stats(), name)
	w.settle()
	if got := picks(w.client.Stats(), name) > before; got != want {
		w.t.Errorf("replica %s picked: %t, want %t", name, got, want)
	}
}

// find returns what is known of a replica; nil when it is not in the set.
func find(s sdk.Stats, name string) *sdk.ReplicaStats {
	for i := range s.Replicas {
		if strings.HasSuffix(s.Replicas[i].ID, "/"+name) {
			return &s.Replicas[i]
		}
	}
	return nil
}

func picks(s sdk.Stats, name string) int64 {
	if r := find(s, name); r != nil {
		return r.Picks
	}
	return 0
}

// eventually polls until a condition holds; the time is a guard against hanging alone.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	guard := time.After(time.Minute)
	for !ok() {
		select {
		case <-ticker.C:
		case <-guard:
			t.Fatalf("waited a minute until %s", what)
		}
	}
}
