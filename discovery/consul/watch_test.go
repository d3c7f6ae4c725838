package consul_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/discovery/consul"
)

// rising answers at once with an index that rises by step though nothing changes.
func rising(step uint64) http.HandlerFunc {
	var mu sync.Mutex
	index := uint64(50)
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		index += step
		say := index
		mu.Unlock()
		reply(say, replica("a"))(w, r)
	}
}

func TestRisingIndexWithInstantAnswersIsThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		index := uint64(0)
		f.replyAlways(func(w http.ResponseWriter, r *http.Request) {
			index++
			reply(index, replica("a"))(w, r)
		})
		watch(t, newSource(t, f))
		pass(10 * time.Second)
		if n := len(f.asked()); n < 90 || n > 105 {
			t.Errorf("%d queries in 10 s, want a burst of 5 and 10 a second", n)
		}
	})
}

func TestFallingIndexIsThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		index := uint64(1 << 20)
		f.replyAlways(func(w http.ResponseWriter, r *http.Request) {
			index--
			reply(index, replica("a"))(w, r)
		})
		watch(t, newSource(t, f))
		pass(10 * time.Second)
		if n := len(f.asked()); n > 105 {
			t.Errorf("%d queries in 10 s", n)
		}
	})
}

func TestWaitsAreSpreadDownward(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replica("a"))
		watch(t, newSource(t, f))
		pass(time.Hour)
		waits := make(map[string]bool)
		for _, q := range f.asked()[1:] {
			wait, err := time.ParseDuration(q.args["wait"])
			if err != nil || wait < 48*time.Second || wait > 60*time.Second {
				t.Fatalf("asked to wait %q, want 48 to 60 s", q.args["wait"])
			}
			waits[q.args["wait"]] = true
		}
		if len(waits) < 10 {
			t.Errorf("only %d different waits in an hour", len(waits))
		}
	})
}

func TestSilentAgentIsGivenUpSoonAfterItsAnswerWasDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replica("a"))
		w := watch(t, newSourceOf(t, consul.Config{Service: "ms2", API: f.api(), Wait: 16 * time.Second}))
		f.replyAlways(silence)
		f.set(11, replica("b"))
		pass(22 * time.Second)
		if s := w.last(t); s.Err == nil || !strings.Contains(s.Err.Error(), "no answer within") {
			t.Fatalf("after 22 s of silence: %+v", s)
		}
		w.wantSet(t, "n/a")
		f.replyAlways(nil)
		pass(7 * time.Second)
		w.wantSet(t, "n/b")
	})
}

func TestCancelEndsWatchAtOnce(t *testing.T) {
	for name, prepare := range map[string]func(*fakeAgent){
		"during a query":   func(f *fakeAgent) { f.set(10, replica("a")) },
		"during a silence": func(f *fakeAgent) { f.replyAlways(silence) },
		"during a backoff": func(f *fakeAgent) { f.network.setDown(true) },
		"during a poll":    func(f *fakeAgent) { f.replyAlways(reply(0, replica("a"))) },
		"during a body": func(f *fakeAgent) {
			f.replyAlways(func(w http.ResponseWriter, r *http.Request) {
				_, _ = w.Write([]byte("["))
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFakeAgent(t)
				prepare(f)
				w := watch(t, newSource(t, f))
				pass(1100 * time.Millisecond)
				cancelled := time.Now()
				w.stop()
				if err := <-w.done; !errors.Is(err, context.Canceled) || !time.Now().Equal(cancelled) {
					t.Errorf("Watch returned %v after %v", err, time.Since(cancelled))
				}
				synctest.Wait()
				if _, open := f.network.connections(); open != 0 {
					t.Errorf("%d connections left open", open)
				}
			})
		})
	}
}

func TestFailedQueryIsFollowedByANewConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replica("a"))
		watch(t, newSource(t, f))
		f.replyOnce(status(500, "No cluster leader"))
		pass(2 * time.Second)
		if dials, open := f.network.connections(); dials != 2 || open != 1 {
			t.Errorf("%d dials and %d open, want the old connection closed and a new one", dials, open)
		}
	})
}

func TestFirstFailureAfterALongOutageIsRetriedSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replica("a"))
		f.network.setDown(true)
		w := watch(t, newSource(t, f))
		pass(time.Minute)
		f.network.setDown(false)
		pass(2 * time.Second)
		w.wantSet(t, "n/a")
		f.replyOnce(status(500, "No cluster leader"))
		pass(376 * time.Millisecond)
		if s := w.last(t); s.Err != nil {
			t.Errorf("not asked again within the first backoff: %v", s.Err)
		}
	})
}

func TestSameErrorIsToldEveryTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.network.setDown(true)
		w := watch(t, newSource(t, f))
		pass(35 * time.Second)
		if n := len(w.snapshots()); n < 3 || n > 4 {
			t.Errorf("told %d times in 35 s", n)
		}
		s := w.last(t)
		if !s.At.IsZero() || s.Instances != nil {
			t.Errorf("never confirmed, but told %+v", s)
		}
		for _, want := range []string{"http://consul.test:8500", "connection refused", "CONSUL_HTTP_ADDR"} {
			if !strings.Contains(s.Err.Error(), want) {
				t.Errorf("error %q does not name %s", s.Err, want)
			}
		}
	})
}

func TestRefusedTokenIsNamedWithoutShowingIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		config := f.api()
		config.Token = "6b1f-very-secret"
		f.replyAlways(func(w http.ResponseWriter, r *http.Request) {
			status(403, "ACL not found: "+r.Header.Get("X-Consul-Token"))(w, r)
		})
		w := watch(t, newSourceOf(t, consul.Config{Service: "ms2", API: config}))
		s := w.last(t)
		for _, want := range []string{"403", "service:read", "node:read", "CONSUL_HTTP_TOKEN"} {
			if !strings.Contains(s.Err.Error(), want) {
				t.Errorf("error %q does not name %s", s.Err, want)
			}
		}
		if shown := fmt.Sprintf("%v %+v", s.Err, s); strings.Contains(shown, "very-secret") {
			t.Errorf("the token is shown: %s", shown)
		}
		var cause api.StatusError
		if !errors.As(s.Err, &cause) || cause.Code != 403 || strings.Contains(cause.Body, "very-secret") {
			t.Errorf("the cause is %+v", cause)
		}
	})
}

func TestAnswersThatAreNoHealthAnswerAreErrors(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"null":     status(200, "null"),
		"object":   status(200, "{}"),
		"html":     status(200, "<html>"),
		"nothing":  status(200, ""),
		"cut off":  status(200, `[{"Node":{"Node":"n"`),
		"huge 500": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500); endless(w) },
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/v1/health/service/other", http.StatusTemporaryRedirect)
		},
		"strange": func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Location", "%%"); w.WriteHeader(302) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFakeAgent(t)
				f.set(10, replica("a"))
				w := watch(t, newSource(t, f))
				f.replyOnce(handler)
				synctest.Wait()
				if s := w.last(t); s.Err == nil || len(s.Err.Error()) > 600 || strings.Contains(s.Err.Error(), "\n") {
					t.Errorf("told %+v, want a short error", s)
				}
				pass(2 * time.Second)
				if s := w.last(t); s.Err != nil {
					t.Errorf("not healed: %v", s.Err)
				}
				w.wantSet(t, "n/a")
				if slices.ContainsFunc(f.asked(), func(q asked) bool { return q.url != "/v1/health/service/ms2" }) {
					t.Errorf("the redirect was followed: %v", f.asked())
				}
			})
		})
	}
}

// endless sends a list that goes on until the client hangs up.
func endless(w http.ResponseWriter) {
	chunk := []byte("[" + strings.Repeat(" ", 1<<20))
	for {
		if _, err := w.Write(chunk); err != nil {
			return
		}
		chunk[0] = ' '
	}
}

func TestDetailTellsTheOperatorWhereItStands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.replyOnce(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Consul-LastContact", "35")
			reply(10, replica("a"))(w, r)
		})
		w := watch(t, newSource(t, f))
		s := w.last(t)
		want := map[string]string{
			"service": "ms2", "agent": "http://consul.test:8500", "index": "10", "confirmations": "0", "last_contact": "35ms",
			"datacenter": "the agent's own", "probes": "0", "restarts": "0",
		}
		for name, value := range want {
			if s.Detail[name] != value {
				t.Errorf("detail %s is %q, want %q", name, s.Detail[name], value)
			}
		}
		if s.Source != "consul" || len(s.Detail) != len(want) {
			t.Errorf("told %+v", s)
		}
	})
}

func TestSourceMadeWithoutNewRefusesToWatch(t *testing.T) {
	if err := new(consul.Source).Watch(t.Context(), func(discovery.Snapshot) {}); err == nil {
		t.Error("a zero Source watched")
	}
}
