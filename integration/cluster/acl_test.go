package cluster_test

import (
	"context"
	"testing"
	"time"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery/consul"
	"ms2.internal/lb/integration/consulagent"
	"ms2.internal/lb/integration/consulagent/agenttest"
	"ms2.internal/lb/integration/registry/registrytest"
)

const (
	// readers may see MS2's replicas and the nodes that they run on: what the SDK needs.
	readers = `service "ms2" { policy = "read" } node_prefix "" { policy = "read" }`

	// strangers may see something else.
	strangers = `service "other" { policy = "read" }`

	rootToken = "root-of-tests"
	withACL   = `acl { enabled = true  default_policy = "deny"  tokens { initial_management = "` + rootToken + `" } }`
)

const (
	// tokenBound is how soon a token that is valid again has the set right.
	tokenBound = 2 * time.Second

	// maskedGrace is how long a set found empty is held, and maskedWait how long a query may wait, where rights are lost.
	maskedGrace = time.Second
	maskedWait  = 5 * time.Second

	// maskedBound is how soon lost rights are noticed: the agent's stream may give no sign, and then the wait has to end.
	maskedBound = maskedWait + time.Second
)

func TestATokenRevokedAndRestoredCostsNoCheck(t *testing.T) {
	t.Parallel()
	agent := agenttest.Start(t, consulagent.Options{Token: rootToken, Config: withACL})
	root := registry(t, agent)
	replicas := registrytest.StartReplicas(t, "one", "two", "three")
	replicas["one"].Register(root)
	replicas["two"].Register(root)
	token, err := agent.CreateToken(t.Context(), readers)
	if err != nil {
		t.Fatal(err)
	}
	w := watch(t, fromConsul(t, agent, consul.Config{API: &api.Config{Token: token.Secret}}), "one", "two")

	w.deprive(changeBound, token.Revoke, token.Restore)
	replicas["three"].Register(root)
	w.Settle()
	w.expect("the set stays as it was while nobody knows the token", has("one", "two"))
	if err := token.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.within(tokenBound, "the set is right with the token restored", has("one", "two", "three"))
	w.within(changeBound, "the set is confirmed", isConfirmed)
	replicas["one"].Deregister(root)
	w.within(changeBound, "a change is in the set", has("two", "three"))
}

// A token that may ask but not see is answered as if there were nothing, for longer than an empty set is held.
func TestATokenThatLosesItsRightsMidWatchCostsNoCheck(t *testing.T) {
	t.Parallel()
	agent := agenttest.Start(t, consulagent.Options{Token: rootToken, Config: withACL})
	root := registry(t, agent)
	replicas := registrytest.StartReplicas(t, "one", "two", "three")
	replicas["one"].Register(root)
	replicas["two"].Register(root)
	token, err := agent.CreateToken(t.Context(), readers)
	if err != nil {
		t.Fatal(err)
	}
	w := watch(t, fromConsul(t, agent, consul.Config{
		API: &api.Config{Token: token.Secret}, EmptyGrace: maskedGrace, Wait: maskedWait,
	}), "one", "two")

	allow := func(rules string) func(context.Context) error {
		return func(ctx context.Context) error { return token.Allow(ctx, rules) }
	}
	w.deprive(maskedBound, allow(strangers), allow(readers))
	replicas["three"].Register(root)
	time.Sleep(2 * maskedGrace)
	w.Settle()
	w.expect("the set stays as it was while it is hidden", has("one", "two"))
	if err := token.Allow(t.Context(), readers); err != nil {
		t.Fatal(err)
	}
	w.within(tokenBound, "the set is right with the rights restored", has("one", "two", "three"))
	w.within(changeBound, "the set is confirmed", isConfirmed)
}

// deprive takes rights away until the set is shown as stale. Consul tells its streams of a loss a moment before it takes
// effect: a stream that is back by then goes on with the rights of before.
func (w *world) deprive(bound time.Duration, take, give func(context.Context) error) {
	w.t.Helper()
	must := func(do func(context.Context) error) {
		w.t.Helper()
		if err := do(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	}
	for range 10 {
		must(take)
		if registrytest.Held(bound, func() bool { return isStale(w.client.Stats()) }) {
			return
		}
		must(give)
		w.eventually("the set is confirmed", isConfirmed)
	}
	w.t.Fatal("the rights were taken 10 times, and the set is not shown as stale")
}
