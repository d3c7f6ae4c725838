package cluster_test

import (
	"context"
	"flag"
	"math"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery/consul"
	"ms2.internal/lb/integration/consulagent"
	"ms2.internal/lb/integration/consulagent/agenttest"
	"ms2.internal/lb/integration/registry/registrytest"
	"ms2.internal/lb/sdk"
)

var changesFlag = flag.Int("changes", 5, "how many changes TestAChangeIsObeyedSoon makes, one a second")

// changeSpacing lies between two changes, so that none hastens or delays the next.
const changeSpacing = time.Second

// ratioBound is how many times as long as Consul's own client the SDK takes: from a change until a check is sent where
// the change says, against until the answer of a bare blocking query is decoded.
const ratioBound = 1.5

// The full measurement, without the race detector's weight, takes 20 s:
//
//	go -C integration test ./cluster -run TestAChangeIsObeyedSoon -v -changes 20
//
// Both run at the same time against the same agent. The service's one instance moves from one replica to another.
func TestAChangeIsObeyedSoon(t *testing.T) {
	agent := agenttest.Start(t, consulagent.Options{})
	direct := registry(t, agent)
	replicas := registrytest.StartReplicas(t, "one", "two")
	addrs := []string{replicas["one"].Addr, replicas["two"].Addr}
	move(t, direct, addrs[0])

	picked, answered := new(sighting), new(sighting)
	client := newClient(t, fromConsul(t, agent, consul.Config{}), sdk.WithTransport(picked.wrap))
	checkWithoutPause(t, client)
	watchBare(t, direct, answered)

	var sdks, bares []time.Duration
	for i := range *changesFlag {
		time.Sleep(changeSpacing)
		to := addrs[(i+1)%len(addrs)]
		sdkSaw, bareSaw := picked.await(to), answered.await(to)
		began := time.Now()
		move(t, direct, to)
		sdks, bares = append(sdks, receive(t, sdkSaw).Sub(began)), append(bares, receive(t, bareSaw).Sub(began))
	}
	tellPropagation(t, sdks, bares)
}

func tellPropagation(t *testing.T, sdks, bares []time.Duration) {
	ratio := float64(quantile(sdks, 0.5)) / float64(quantile(bares, 0.5))
	t.Logf("%d changes, to the first pick that obeys: median %v, p99 %v", len(sdks), quantile(sdks, 0.5), quantile(sdks, 0.99))
	t.Logf("%d changes, to the bare client's answer:  median %v, p99 %v", len(bares), quantile(bares, 0.5), quantile(bares, 0.99))
	t.Logf("ratio of the medians %.2f (bound %.1f)", ratio, ratioBound)
	if ratio > 5*ratioBound {
		t.Errorf("the SDK takes %.2f times as long, far above %.1f", ratio, ratioBound)
	}
}

// move has the service be at one address and nowhere else.
func move(t testing.TB, consul *api.Client, addr string) {
	t.Helper()
	host, port := registrytest.HostPort(t, addr)
	_, err := consul.Catalog().Register(&api.CatalogRegistration{
		Node: fleetNode, Address: host,
		Service: &api.AgentService{ID: "moving", Service: registrytest.Service, Address: host, Port: port},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
}

// sighting notes when an address is seen first.
type sighting struct {
	mu   sync.Mutex
	addr string         // guarded by mu; "" when none is awaited
	at   chan time.Time // guarded by mu
}

// await returns what tells when the address is seen next.
func (s *sighting) await(addr string) <-chan time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addr, s.at = addr, make(chan time.Time, 1)
	return s.at
}

func (s *sighting) seen(addr string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if addr == s.addr {
		s.addr = ""
		s.at <- time.Now()
	}
}

// wrap sees each request as it is sent to the replica that was picked for it.
func (s *sighting) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		s.seen(request.URL.Host)
		return next.RoundTrip(request)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }

// watchBare is the plain use of Consul's client: one blocking query after the other.
func watchBare(t *testing.T, consul *api.Client, answered *sighting) {
	inBackground(t, func(ctx context.Context) {
		var index uint64
		for ctx.Err() == nil {
			options := &api.QueryOptions{WaitIndex: index, WaitTime: time.Minute}
			entries, meta, err := consul.Health().Service(registrytest.Service, "", false, options.WithContext(ctx))
			if err != nil {
				continue
			}
			index = meta.LastIndex
			for _, entry := range entries {
				answered.seen(net.JoinHostPort(entry.Service.Address, strconv.Itoa(entry.Service.Port)))
			}
		}
	})
}

// checkWithoutPause checks one SID after the other, so that a pick comes soon after every moment.
func checkWithoutPause(t *testing.T, client *sdk.Client) {
	t.Helper()
	if err := client.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	inBackground(t, func(ctx context.Context) {
		for ctx.Err() == nil {
			if _, err := client.Validate(ctx, "good:1"); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}
	})
}

// inBackground runs f until the test is over, and waits for it then.
func inBackground(t *testing.T, f func(context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { f(ctx) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
}

func receive(t *testing.T, at <-chan time.Time) time.Time {
	t.Helper()
	select {
	case seen := <-at:
		return seen
	case <-time.After(time.Minute):
		t.Fatal("waited a minute until a change is seen")
		return time.Time{}
	}
}

// quantile is the nearest-rank one: with 20 values, p99 is the largest.
func quantile(values []time.Duration, q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(math.Ceil(q*float64(len(sorted))))-1]
}
