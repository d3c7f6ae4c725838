package consul_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/discovery/consul"
)

func TestCase01IndexGoesBackwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(100, replica("a"))
		w := watch(t, newSource(t, f))
		w.wantSet(t, "n/a")

		f.mu.Lock()
		f.index, f.entries = 40, []*api.ServiceEntry{replica("b")}
		f.mu.Unlock()
		f.replyOnce(reply(40, replica("b")))
		synctest.Wait()
		w.wantSet(t, "n/b")
		queries := f.asked()
		for i, want := range []string{"", "100", "", "40"} {
			if got := queries[i].args["index"]; got != want {
				t.Errorf("query %d asked with index %q, want %q", i, got, want)
			}
		}

		pass(5 * time.Second)
		changed := time.Now()
		f.set(41, replica("c"))
		synctest.Wait()
		w.wantSet(t, "n/c")
		if late := w.setAt().Sub(changed); late > 200*time.Millisecond {
			t.Errorf("the change was in use after %v", late)
		}
	})
}

func TestCase02IndexIsCarriedForward(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replica("a"))
		w := watch(t, newSource(t, f))
		pass(time.Second)
		before := len(f.asked())
		f.set(11, replica("a"), replica("b"))
		pass(3 * time.Second)
		w.wantSet(t, "n/a n/b")
		queries := f.asked()
		if n := len(queries) - before; n > 2 {
			t.Errorf("one change made %d queries", n)
		}
		for i, want := range []string{"", "10", "11"} {
			if got := queries[i].args["index"]; got != want {
				t.Errorf("query %d asked with index %q, want %q", i, got, want)
			}
		}
	})
}

func TestCase03NoHotLoop(t *testing.T) {
	for name, broken := range map[string]http.HandlerFunc{
		"refused":  nil,
		"500":      status(500, "rpc error: No cluster leader"),
		"index 0":  reply(0, replica("a")),
		"no index": status(200, "[]"),
		"stuck": func(w http.ResponseWriter, r *http.Request) {
			reply(7, replica("a"))(w, r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFakeAgent(t)
				f.set(50, replica("healed"))
				f.network.setDown(broken == nil)
				f.replyAlways(broken)
				w := watch(t, newSource(t, f))
				pass(3 * time.Second)
				if n := len(f.asked()) + f.refusals(); n > 10 {
					t.Errorf("%d queries in 3 s", n)
				}
				f.network.setDown(false)
				f.replyAlways(nil)
				pass(2 * time.Second)
				w.wantSet(t, "n/healed")
			})
		})
	}
}

// refusals counts the dials while the agent was down.
func (f *fakeAgent) refusals() int {
	f.network.mu.Lock()
	defer f.network.mu.Unlock()
	if !f.network.down {
		return 0
	}
	return f.network.dials
}

func TestCase04AgentRestartKeepsTheSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(20, replica("a"), replica("b"))
		w := watch(t, newSource(t, f))
		confirmed := w.last(t).At

		f.network.setDown(true)
		pass(5 * time.Second)
		w.wantSet(t, "n/a n/b")
		if s := w.last(t); s.Err == nil || s.Instances != nil || !s.At.Equal(confirmed) {
			t.Errorf("while down: %+v, want an error and the age of the last good answer", s)
		}

		f.replyAlways(status(500, "No cluster leader"))
		f.network.setDown(false)
		pass(5 * time.Second)
		w.wantSet(t, "n/a n/b")
		if s := w.last(t); s.Err == nil || !strings.Contains(s.Err.Error(), "No cluster leader") {
			t.Errorf("without a leader: %v", s.Err)
		}

		f.replyAlways(nil)
		pass(2 * time.Second)
		if s := w.last(t); s.Err != nil || s.Instances != nil || time.Since(s.At) > 2*time.Second {
			t.Errorf("restored: %+v, want it confirmed and unchanged", s)
		}
	})
}

func TestCase05FalseEmptyIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(500, replicas(3)...)
		w := watch(t, newSource(t, f))
		f.replyOnce(reply(1))
		pass(time.Minute)
		for _, s := range w.snapshots()[1:] {
			if s.Instances != nil || s.Detail["grace"] != "" || s.Err != nil {
				t.Errorf("told %+v of a false empty answer", s)
			}
		}
		queries := f.asked()
		if got := queries[2].args["index"]; got != "" {
			t.Errorf("the confirming query asked with index %q, want none", got)
		}
		if got := queries[3].args["index"]; got != "500" {
			t.Errorf("the query after it asked with index %q, want 500", got)
		}
		if got := w.last(t).Detail["confirmations"]; got != "1" {
			t.Errorf("confirmations %s, want 1", got)
		}
	})
}

func TestCase06FailedStartHeals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(5, replica("a"))
		f.network.setDown(true)
		source := newSource(t, f)
		first := watch(t, source)
		pass(200 * time.Millisecond)
		first.wantSet(t, "nothing told")

		f.network.setDown(false)
		second := watch(t, source)
		pass(2 * time.Second)
		first.wantSet(t, "n/a")
		second.wantSet(t, "n/a")

		first.stop()
		<-first.done
		f.set(6, replica("b"))
		synctest.Wait()
		second.wantSet(t, "n/b")
		first.wantSet(t, "n/a")
	})
}

func TestCase07AddressesOfNodeAndIPv6(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		atNode, ipv6, nowhere, noPort := replica("node"), replica("v6"), replica("nowhere"), replica("noport")
		atNode.Node.Address = "127.0.0.1"
		ipv6.Service.Address = "::1"
		nowhere.Node.Address = ""
		noPort.Service.Port = 0
		f := newFakeAgent(t)
		f.set(5, atNode, ipv6, nowhere, noPort)
		w := watch(t, newSource(t, f))
		w.wantSet(t, "n/node n/v6")
		s := w.last(t)
		if s.Instances[0].Addr != "127.0.0.1:8080" || s.Instances[1].Addr != "[::1]:8080" {
			t.Errorf("addresses %v", s.Instances)
		}
		wantDropped(t, s.Dropped, map[string]string{"n/nowhere": "host is empty", "n/noport": "1 to 65535"})
	})
}

func TestCase25NodeCheckFailing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		crashed := replica("crashed")
		crashed.Checks[1].Status = api.HealthCritical
		f.set(5, crashed,
			with(replica("nodemaint"), api.NodeMaint, api.HealthCritical),
			with(replica("maint"), api.ServiceMaintPrefix+"maint", api.HealthCritical),
			with(replica("warns"), "disk", api.HealthWarning),
			replica("well"))
		w := watch(t, newSourceOf(t, consul.Config{Service: "ms2", API: f.api()}))
		w.wantSet(t, "n/warns n/well")
		s := w.last(t)
		if s.Instances[0].Weight != 1 || s.Instances[1].Weight != 10 {
			t.Errorf("weights %v, want a tenth for the one that warns", s.Instances)
		}
		wantDropped(t, s.Dropped, map[string]string{
			"n/crashed": "check serfHealth critical", "n/nodemaint": "in maintenance", "n/maint": "in maintenance",
		})
		if _, filtered := f.asked()[0].args["passing"]; filtered {
			t.Error("the agent was asked to filter by health")
		}
	})
}

func wantDropped(t *testing.T, got []discovery.Dropped, want map[string]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("dropped %v, want %d", got, len(want))
	}
	for _, d := range got {
		if reason, ok := want[d.ID]; !ok || !strings.Contains(d.Why, reason) {
			t.Errorf("dropped %+v, want the reason %q", d, reason)
		}
	}
}
