package consul_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/discovery/consul"
)

// leaderless answers as a server that last heard from its leader so long ago, through an agent that streams: only what
// was asked without waiting shows it.
func leaderless(f *fakeAgent, ago string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("index") != "" {
			wait, _ := time.ParseDuration(r.URL.Query().Get("wait"))
			select {
			case <-time.After(wait):
			case <-r.Context().Done():
			}
		} else if _, stale := r.URL.Query()["stale"]; stale {
			w.Header().Set("X-Consul-LastContact", ago)
			w.Header().Set("X-Consul-KnownLeader", "false")
		}
		index, entries := f.truth()
		reply(index, entries...)(w, r)
	}
}

func TestLostLeaderIsShownThoughTheWatchSeesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replica("a"))
		w := watch(t, newSource(t, f))
		f.replyFromNow(leaderless(f, "16000"))
		pass(34 * time.Second)
		s := w.last(t)
		if s.Err == nil || !strings.Contains(s.Detail["stale"], "16s") || s.Instances != nil || s.At.After(time.Now().Add(-30*time.Second)) {
			t.Fatalf("told %+v, want it stale since the start", s)
		}
		w.wantSet(t, "n/a")
		f.replyFromNow(nil)
		pass(6 * time.Second)
		if s := w.last(t); s.Err != nil || s.Detail["stale"] != "" || time.Since(s.At) > 6*time.Second || s.Detail["last_error"] == "" {
			t.Errorf("after a leader was found: %+v", s)
		}
	})
}

// A server that never heard from a leader tells the longest time of Go in milliseconds; one more overflows.
func TestALeaderNeverHeardOfIsToldAsSuch(t *testing.T) {
	for _, ago := range []string{"9223372036854", "9223372036855"} {
		synctest.Test(t, func(t *testing.T) {
			f := newFakeAgent(t)
			f.replyOnce(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Consul-LastContact", ago)
				reply(10, replica("a"))(w, r)
			})
			w := watch(t, newSource(t, f))
			if got := w.last(t).Detail["last_contact"]; got != "never" {
				t.Errorf("%s ms are told as %q", ago, got)
			}
			f.replyFromNow(leaderless(f, ago))
			pass(34 * time.Second)
			if s := w.last(t); s.Err == nil || !strings.Contains(s.Detail["stale"], "from a leader since it started") {
				t.Errorf("told %+v, want it stale", s)
			}
		})
	}
}

// After a failure the agent may answer from a stream of a server that has no leader: as if all were well.
func TestALeaderLostWithAFailureIsFoundSoonerThanByTheNextProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replica("a"))
		w := watch(t, newSource(t, f))
		pass(time.Second)
		f.replyFromNow(leaderless(f, "16000"))
		f.replyOnce(status(http.StatusInternalServerError, "rpc error"))
		pass(19 * time.Second)
		if s := w.last(t); s.Err == nil || !strings.Contains(s.Detail["stale"], "16s") {
			t.Errorf("told %+v, want it stale", s)
		}
	})
}

func TestElectionIsNotStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replica("a"))
		w := watch(t, newSource(t, f))
		f.replyFromNow(leaderless(f, "9000"))
		pass(34 * time.Second)
		if s := w.last(t); s.Err != nil || s.Detail["stale"] != "" {
			t.Errorf("told %+v", s)
		}
	})
}

// deaf makes the queries that wait on the first index hang for good, while all others are answered.
func deaf(f *fakeAgent) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("index") {
		case "":
		case "10":
			silence(w, r)
			return
		default:
			wait, _ := time.ParseDuration(r.URL.Query().Get("wait"))
			select {
			case <-time.After(wait):
			case <-r.Context().Done():
			}
		}
		index, entries := f.truth()
		reply(index, entries...)(w, r)
	}
}

func TestStuckWatchIsAskedAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replica("a"))
		w := watch(t, newSource(t, f))
		f.replyFromNow(deaf(f))
		f.hold(11, replica("a"), replica("b"))
		pass(35 * time.Second)
		w.wantSet(t, "n/a n/b")
		if s := w.last(t); s.Detail["restarts"] != "1" || s.Detail["probes"] != "2" || s.Err != nil {
			t.Errorf("told %+v", s)
		}
	})
}

func TestChangeOnItsWayIsNoStuckWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replica("a"))
		w := watch(t, newSource(t, f))
		for index := range uint64(200) {
			pass(7 * time.Second)
			f.set(11+index, replica("a"), replica("b"))
		}
		if s := w.last(t); s.Detail["restarts"] != "0" || f.probed() == 0 {
			t.Errorf("%d probes, told %+v", f.probed(), s)
		}
	})
}

func TestIdleWatchIsProbedEveryHalfMinuteAndConfirmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replica("a"))
		w := watch(t, newSourceOf(t, consul.Config{Service: "ms2", API: f.api(), Wait: 10 * time.Minute}))
		pass(8 * time.Minute)
		if n := f.probed(); n < 14 || n > 18 {
			t.Errorf("%d probes in 8 min", n)
		}
		if n := len(f.asked()); n != 2 {
			t.Errorf("%d queries beside them, want the first and the one that waits", n)
		}
		if s := w.last(t); time.Since(s.At) > 34*time.Second || s.Instances != nil || s.Err != nil {
			t.Errorf("told %+v", s)
		}
		if _, open := f.network.connections(); open != 1 {
			t.Errorf("%d connections are open, want only the watch's own", open)
		}
	})
}

func TestAgentThatFallsSilentIsFoundByItsProbes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replica("a"))
		w := watch(t, newSourceOf(t, consul.Config{Service: "ms2", API: f.api(), Wait: 10 * time.Minute}))
		f.replyFromNow(silence)
		pass(50 * time.Second)
		if s := w.last(t); s.Err == nil || !strings.Contains(s.Err.Error(), "no answer") {
			t.Errorf("told %+v", s)
		}
		w.wantSet(t, "n/a")
	})
}
