package cluster_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery/consul"
	"ms2.internal/lb/integration/consulagent"
	"ms2.internal/lb/integration/consulagent/agenttest"
	"ms2.internal/lb/integration/registry/registrytest"
	"ms2.internal/lb/sdk"
)

const (
	manyInstances = 500
	churnGap      = 20 * time.Millisecond // 50 changes a second

	// churnBound is how soon the set is right after the last of many changes.
	churnBound = 2 * time.Second
)

func TestAServiceInConstantChangeCostsNoCheck(t *testing.T) {
	t.Parallel()
	agent := agenttest.Start(t, consulagent.Options{})
	f := newFleet(t, registry(t, agent))
	f.fill(manyInstances)
	w := &world{t: t, client: newClient(t, fromConsul(t, agent, consul.Config{}))}
	w.eventually("its instances are known", f.isIn)
	w.Traffic = registrytest.RunTraffic(t, w.client, trafficPause)

	before, began := w.client.Stats().Discovery.Changes, time.Now()
	for i := range churnChanges {
		time.Sleep(time.Until(began.Add(time.Duration(i) * churnGap)))
		f.change()
	}
	took := time.Since(began)
	w.within(churnBound, "the set is right after the last change", f.isIn)
	t.Logf("%d changes of %d instances in %s were %d of the set", churnChanges, manyInstances, took, w.client.Stats().Discovery.Changes-before)
	w.Settle()
}

// fleet is many instances in the catalog of Consul, all at the addresses of three replicas.
type fleet struct {
	t        testing.TB
	consul   *api.Client
	addrs    []string
	weights  map[string]int // what is registered, by ID
	ids      []string       // its keys
	numbered int            // how many IDs were ever given
}

// fleetNode is where they run: a node without an agent, so that nobody but the test changes it.
const fleetNode = "fleet"

func newFleet(t testing.TB, consul *api.Client) *fleet {
	t.Helper()
	f := &fleet{t: t, consul: consul, weights: map[string]int{}}
	for _, r := range registrytest.StartReplicas(t, "one", "two", "three") {
		f.addrs = append(f.addrs, r.Addr)
	}
	f.apply(&api.TxnOp{Node: &api.NodeTxnOp{Verb: api.NodeSet, Node: api.Node{Node: fleetNode, Address: "127.0.0.1"}}})
	return f
}

// fill registers so many new instances.
func (f *fleet) fill(count int) {
	f.t.Helper()
	const most = 64 // operations in one transaction
	var ops []*api.TxnOp
	for range count {
		ops = append(ops, f.add())
	}
	for chunk := range slices.Chunk(ops, most) {
		f.apply(chunk...)
	}
}

// change adds, removes or reweighs one instance.
func (f *fleet) change() {
	f.t.Helper()
	switch rand.N(3) {
	case 0:
		f.apply(f.add())
	case 1:
		f.apply(f.remove())
	default:
		f.apply(f.set(f.ids[rand.N(len(f.ids))]))
	}
}

func (f *fleet) add() *api.TxnOp {
	id := fmt.Sprintf("i%d", f.numbered)
	f.numbered++
	f.ids = append(f.ids, id)
	return f.set(id)
}

func (f *fleet) set(id string) *api.TxnOp {
	f.weights[id] = 1 + rand.N(65_535) // all that Consul lets be set
	host, port := registrytest.HostPort(f.t, f.addrs[rand.N(len(f.addrs))])
	return &api.TxnOp{Service: &api.ServiceTxnOp{Verb: api.ServiceSet, Node: fleetNode, Service: api.AgentService{
		ID: id, Service: registrytest.Service, Address: host, Port: port,
		Weights: api.AgentWeights{Passing: f.weights[id], Warning: 1},
	}}}
}

func (f *fleet) remove() *api.TxnOp {
	at := rand.N(len(f.ids))
	id := f.ids[at]
	f.ids = slices.Delete(f.ids, at, at+1)
	delete(f.weights, id)
	return &api.TxnOp{Service: &api.ServiceTxnOp{Verb: api.ServiceDelete, Node: fleetNode, Service: api.AgentService{ID: id, Service: registrytest.Service}}}
}

func (f *fleet) apply(ops ...*api.TxnOp) {
	f.t.Helper()
	ok, response, _, err := f.consul.Txn().Txn(ops, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	if !ok {
		f.t.Fatalf("refused: %s", response.Errors[0].What)
	}
}

// isIn reports whether exactly what is registered is in the client's set, with its weights. A weight of Consul's is ten
// of the SDK's.
func (f *fleet) isIn(s sdk.Stats) bool {
	if len(s.Replicas) != len(f.weights) {
		return false
	}
	for _, r := range s.Replicas {
		if weight, known := f.weights[r.ID[len(fleetNode)+1:]]; !known || r.Weight != 10*weight {
			return false
		}
	}
	return true
}
