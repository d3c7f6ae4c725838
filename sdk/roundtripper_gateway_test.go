package sdk_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// dotnet/yarp 2062: clients that left before the answer had their backends marked as failed, so anybody could do that.
func TestManyClientsThatLeaveAreHeldAgainstNoReplica(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.mirrors(stuck(t))
		c := f.client()
		for range 50 {
			for _, method := range []string{"GET", "POST"} {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
				missed(t, c, requested(t, method, "/", "").WithContext(ctx), context.DeadlineExceeded)
				cancel()
			}
		}
		synctest.Wait()
		for _, name := range []string{"a", "b"} {
			if s := statsOf(c, name); s.Failures != 0 || s.State != "ready" || s.InFlight != 0 {
				t.Errorf("%s: %d failures, %s, %d in flight", name, s.Failures, s.State, s.InFlight)
			}
		}
	}, "a", "b")
}

// caddyserver/caddy 667, once more: one resource that no replica can serve took two of three replicas out for all others.
func TestAResourceThatFailsEverywhereTakesNoReplicaFromTheOthers(t *testing.T) {
	for name, bad := range map[string]http.HandlerFunc{
		"it hangs": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "it breaks off": cut, "it fails": status(500),
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				f.mirrors(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/bad" {
						bad(w, r)
					}
				})
				c := f.client()
				got(t, c, 200, "") // MS2 answers others
				for range 60 {
					forward(c, requested(t, "GET", "/bad", "")) //nolint:errcheck // whatever
					got(t, c, 200, "")
					time.Sleep(time.Second)
				}
				synctest.Wait()
				for _, name := range []string{"a", "b", "c"} {
					if s := statsOf(c, name); s.State != "ready" || s.Failures != 0 {
						t.Errorf("%s: %s, %d failures, %s", name, s.State, s.Failures, s.Why)
					}
				}
			}, "a", "b", "c")
		})
	}
}

func TestReplicasThatHangAreAtFaultWhereAnotherAnswers(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(saying("ok"))
		for _, name := range []string{"a", "b"} {
			f.replicas[name].answer(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		}
		c := f.client()
		for range 30 {
			forward(c, requested(t, "GET", "/data", "")) //nolint:errcheck // the first may meet them all
			time.Sleep(100 * time.Millisecond)
		}
		synctest.Wait()
		for _, name := range []string{"a", "b"} {
			if s := statsOf(c, name); s.State == "ready" || s.Failures < 5 {
				t.Errorf("%s: %s, %d failures", name, s.State, s.Failures)
			}
		}
		start := time.Now()
		got(t, c, 200, "ok")
		took(t, start, 0)
	}, "a", "b", "c")
}
