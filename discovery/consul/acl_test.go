package consul_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery/consul"
)

// restricted answers as an agent with ACLs on, which denies what no rule allows.
func restricted(next http.HandlerFunc, hides bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Consul-Default-ACL-Policy", "deny")
		if hides && r.Header.Get("X-Consul-Token") != "" {
			w.Header().Set("X-Consul-Results-Filtered-By-ACLs", "true")
		}
		next(w, r)
	}
}

// streamed lets a blocking query end without the sign, as the agent's stream does, and others with it.
func streamed(index uint64, entries ...*api.ServiceEntry) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		blocked := r.URL.Query().Get("index") != ""
		restricted(reply(index, entries...), !blocked)(w, r)
	}
}

func withToken(f *fakeAgent) consul.Config {
	config := f.api()
	config.Token = "a-token"
	return consul.Config{Service: "ms2", API: config}
}

func TestSetHiddenByACLsMidWatchIsHeldAndNamed(t *testing.T) {
	for name, visible := range map[string][]*api.ServiceEntry{"all": nil, "some": replicas(2)} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFakeAgent(t)
				f.set(10, replicas(3)...)
				w := watch(t, newSourceOf(t, withToken(f)))
				f.replyAlways(streamed(10, visible...))
				pass(2 * time.Minute)
				w.wantSet(t, "n/r0 n/r1 n/r2")
				s := w.last(t)
				if s.Err == nil || s.Detail["grace"] != "" {
					t.Fatalf("told %+v, want an error and no grace", s)
				}
				for _, want := range []string{"hides", "service:read", "node:read", "CONSUL_HTTP_TOKEN"} {
					if !strings.Contains(s.Err.Error(), want) {
						t.Errorf("error %q does not name %s", s.Err, want)
					}
				}
				f.replyAlways(nil)
				pass(2 * time.Second)
				if s := w.last(t); s.Err != nil || s.Instances != nil {
					t.Errorf("after the policy came back: %+v", s)
				}
			})
		})
	}
}

func TestRevokedTokenKeepsTheSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replicas(3)...)
		w := watch(t, newSourceOf(t, withToken(f)))
		f.replyOnce(restricted(reply(1), false)) // what a revoked token got from an agent of 2024
		f.replyAlways(status(403, "ACL not found"))
		pass(2 * time.Minute)
		w.wantSet(t, "n/r0 n/r1 n/r2")
		if s := w.last(t); s.Err == nil || !strings.Contains(s.Err.Error(), "403") {
			t.Errorf("told %+v", s)
		}
		f.replyAlways(nil)
		pass(2 * time.Second)
		if s := w.last(t); s.Err != nil || !strings.Contains(s.Detail["last_error"], "403") {
			t.Errorf("after it came back: %+v, want the last error remembered", s)
		}
	})
}

func TestNothingVisibleAtTheStartIsAnErrorAndNotEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.replyAlways(streamed(10))
		w := watch(t, newSourceOf(t, withToken(f)))
		w.wantSet(t, "nothing told")
		if s := w.last(t); s.Err == nil {
			t.Errorf("told %+v", s)
		}
	})
}

func TestTokenThatNeverSawAllIsBelievedWhenItSeesFewer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.replyAlways(streamed(10, replicas(3)...))
		w := watch(t, newSourceOf(t, withToken(f)))
		if s := w.last(t); s.Err != nil || !strings.Contains(s.Detail["masked"], "hides") {
			t.Errorf("told %+v, want it to say that something is hidden", s)
		}
		f.replyAlways(streamed(11, replicas(2)...))
		pass(2 * time.Second)
		w.wantSet(t, "n/r0 n/r1")
		f.replyAlways(streamed(12))
		pass(2 * time.Minute)
		w.wantSet(t, "n/r0 n/r1")
	})
}

func TestEmptyWithoutATokenUnderDefaultDenyMayBeMasked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.replyAlways(streamed(10))
		w := watch(t, newSource(t, f))
		w.wantSet(t, "")
		if s := w.last(t); s.Err != nil || !strings.Contains(s.Detail["masked"], "perhaps") {
			t.Errorf("told %+v", s)
		}
		f.replyAlways(streamed(11, replica("a")))
		pass(2 * time.Second)
		if s := w.last(t); s.Detail["masked"] != "" {
			t.Errorf("still told %q", s.Detail["masked"])
		}
	})
}

func TestRemovalUnderACLsIsConfirmedAndThenBelieved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.replyAlways(streamed(10, replicas(3)...))
		w := watch(t, newSourceOf(t, withToken(f)))
		gone := restricted(reply(11, replicas(2)...), false)
		f.replyAlways(gone)
		pass(2 * time.Second)
		w.wantSet(t, "n/r0 n/r1")
		if s := w.last(t); s.Err == nil && s.Detail["confirmations"] == "0" {
			t.Errorf("told %+v", s)
		}
	})
}
