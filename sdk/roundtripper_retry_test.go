package sdk_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// cut breaks an answer off whose length is known.
func cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "9")
	io.WriteString(w, "half") //nolint:errcheck // it is cut off
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

// ailments are ways in which a replica fails before it has handed out a byte.
var ailments = map[string]func(*replica){
	"hung":          func(r *replica) { r.answer(hang) },
	"dead":          func(r *replica) { r.listener.SetDown(true) },
	"500":           func(r *replica) { r.answer(status(500)) },
	"502, flowing":  func(r *replica) { r.answer(failingSlowly) },
	"429":           func(r *replica) { r.answer(status(429)) },
	"503, to rest":  func(r *replica) { r.answer(status(503, "Retry-After", "1")) },
	"cut off":       func(r *replica) { r.answer(cut) },
	"a strange 101": func(r *replica) { r.answer(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(101) }) },
}

func failingSlowly(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(502)
	w.(http.Flusher).Flush()
	io.WriteString(w, "bad") //nolint:errcheck // the test would see
}

func TestEveryRepeatableRequestIsAnsweredBesideOneReplicaThatFails(t *testing.T) {
	for name, ail := range ailments {
		for _, method := range []string{"GET", "HEAD", "OPTIONS", "PUT"} {
			if name == "cut off" && method == "HEAD" {
				continue // there is nothing to cut
			}
			t.Run(name+" "+method, func(t *testing.T) {
				inBubble(t, func(t *testing.T, f *fleet) {
					f.all(saying("good"))
					c := f.client()
					ail(f.replicas["a"])
					for i := range 100 {
						req := requested(t, method, "/", "")
						if method == "PUT" {
							req = requested(t, method, "/", "text", "Idempotency-Key", fmt.Sprint(i))
						}
						if s, body, err := forward(c, req); s != 200 || err != nil || method != "HEAD" && body != "good" {
							t.Errorf("got %d, %q, %v", s, body, err)
						}
						<-time.After(10 * time.Millisecond)
					}
					if s := statsOf(c, "a"); s.Failures+s.Shed+s.Refused == 0 || s.InFlight != 0 || c.Stats().Budget < 50 {
						t.Errorf("%+v, a budget of %v", s, c.Stats().Budget)
					}
					if s := statsOf(c, "b"); s.Failures+s.Ignored != 0 || s.InFlight != 0 {
						t.Errorf("%+v", s)
					}
				}, "a", "b", "c")
			})
		}
	}
}

func TestARequestThatCannotBeRepeatedIsSentOnce(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{"500": status(500), "429": status(429), "cut off": cut, "hung": hang} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(answer)
			c := f.client()
			start := time.Now()
			resp, err := c.RoundTripper().RoundTrip(requested(t, "POST", "/", "text"))
			switch name {
			case "500", "429":
				if err != nil || fmt.Sprint(resp.StatusCode) != name {
					t.Errorf("%s: got %v, %v", name, resp, err)
				}
			case "hung":
				took(t, start, 2*time.Second)
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got %v", err)
				}
				fallthrough
			default:
				var call *sdk.CallError
				if !errors.As(err, &call) || call.Attempts != 1 || !strings.HasSuffix(call.Replica, ":80") {
					t.Errorf("%s: got %v", name, err)
				}
			}
			if f.requests() != 1 {
				t.Errorf("%s: %d requests", name, f.requests())
			}
		}, "a", "b")
	}
}

func TestWhereNoConnectionWasMadeARequestGoesElsewhere(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Method) }) //nolint:errcheck // a test sees it
		c := f.client()
		f.replicas["a"].listener.SetDown(true)
		for i := range 50 {
			req := requested(t, "POST", "/", "text")
			if i%2 == 0 {
				req.GetBody = nil // it was not touched
			}
			if s, body, err := forward(c, req); s != 200 || body != "POST" || err != nil {
				t.Errorf("got %d, %q, %v", s, body, err)
			}
		}
		if statsOf(c, "a").Failures == 0 {
			t.Error("the dead replica was not tried")
		}
	}, "a", "b")
}

func TestTheLastAnswerIsReturnedAsItIs(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.replicas["a"].answer(failingSlowly)
		c := f.client(func(cfg *sdk.Config) { cfg.Attempts = 4 })
		resp, err := c.RoundTripper().RoundTrip(requested(t, "GET", "/", ""))
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(resp.Body); string(body) != "bad" || err != nil || resp.StatusCode != 502 {
			t.Errorf("got %d, %q, %v", resp.StatusCode, body, err)
		}
		resp.Body.Close()
		if n := c.Stats().Forwarded.Attempts; n != 4 || n != int64(f.requests()) {
			t.Errorf("%d attempts, %d requests", n, f.requests())
		}
		f.all(status(503, "Retry-After", "30"))
		if s, _, err := forward(c, requested(t, "GET", "/", "")); s != 503 || err != nil {
			t.Errorf("got %d, %v", s, err)
		}
	}, "a")
}

func TestAnAnswerIsReturnedThoughALaterAttemptHadNone(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		var n atomic.Int32
		f.all(func(w http.ResponseWriter, r *http.Request) {
			if n.Add(1) == 1 {
				status(503)(w, r)
			} else {
				hang(w, r)
			}
		})
		c := f.client()
		start := time.Now()
		if s, _, err := forward(c, requested(t, "GET", "/", "")); s != 503 || err != nil || time.Since(start) > 2*time.Second {
			t.Errorf("got %d, %v after %v", s, err, time.Since(start))
		}
	}, "a", "b")
}

func TestTheBudgetBoundsRepetitions(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(status(500))
		c := f.client(func(cfg *sdk.Config) { cfg.BreakerFailures = sdk.Off })
		var group sync.WaitGroup
		for range 2 {
			for range 250 {
				group.Go(func() {
					if s, _, err := forward(c, requested(t, "GET", "/", "")); s != 500 || err != nil {
						t.Errorf("got %d, %v", s, err)
					}
				})
			}
			group.Wait()
		}
		// What the upper half of the bucket holds, a fifth of the requests, of the first half's only what finds room, and what comes in
		// two times two seconds at most.
		if n := f.requests(); n < 500+50+50 || n > 500+50+100+40 {
			t.Errorf("%d requests", n)
		}
	}, "a", "b")
}

func TestARequestThatAllReplicasFailIsHeldAgainstNone(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/poison" {
				status(500)(w, r)
			}
		})
		c := f.client()
		for range 50 {
			forward(c, requested(t, "GET", "/poison", "")) //nolint:errcheck // the others count
			<-time.After(300 * time.Millisecond)
			got(t, c, 200, "")
		}
		for _, name := range []string{"a", "b"} {
			if s := statsOf(c, name); s.Failures != 0 || s.Breaker != "closed" {
				t.Errorf("%+v", s)
			}
		}
	}, "a", "b")
}

func TestTheRequestsOwnTimeBoundsIt(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(hang)
			c := f.client()
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			start := time.Now()
			missed(t, c, requested(t, method, "/", "").WithContext(ctx), context.DeadlineExceeded)
			took(t, start, 100*time.Millisecond)
			if s := c.Stats(); s.Replicas[0].Failures+s.Replicas[1].Failures != 0 || s.Replicas[0].Ignored+s.Replicas[1].Ignored != 1 {
				t.Errorf("%+v", s.Replicas)
			}
			ctx, cancel = context.WithCancel(t.Context())
			time.AfterFunc(50*time.Millisecond, cancel)
			missed(t, c, requested(t, method, "/", "").WithContext(ctx), context.Canceled)
		}, "a", "b")
	}
}

func TestAnOpenBreakerIsNotAskedForRequestsEither(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(hang)
		c := f.client(func(cfg *sdk.Config) { cfg.BreakerFailures = 1; cfg.Attempts = 1 })
		missed(t, c, requested(t, "GET", "/", ""), nil)
		start := time.Now()
		call := missed(t, c, requested(t, "POST", "/", "x"), sdk.ErrCircuitOpen)
		took(t, start, 0)
		if call.Replica != "a:80" || call.Attempts != 0 {
			t.Errorf("got %v", call)
		}
		f.all(saying("back"))
		<-time.After(2*time.Second + 1)
		got(t, c, 200, "back")
	}, "a")
}

func TestAReplicaThatWasLeftOutIsProbedBesideARequest(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(saying("good"))
			c := f.client(func(cfg *sdk.Config) { cfg.BreakerFailures = 1 })
			f.replicas["a"].answer(hang)
			c.Ready(t.Context()) //nolint:errcheck // static replicas
			for statsOf(c, "a").Breaker == "closed" {
				got(t, c, 200, "good")
			}
			for range 3 { // it still hangs: nobody waits for that
				<-time.After(2*time.Second + 1)
				start := time.Now()
				if s, _, err := forward(c, requested(t, method, "/x", "")); s != 200 || err != nil {
					t.Errorf("got %d, %v", s, err)
				}
				took(t, start, 0)
				<-time.After(time.Second)
			}
			f.replicas["a"].answer(saying("good"))
			<-time.After(2 * time.Second)
			if s, _, err := forward(c, requested(t, method, "/x", "")); s != 200 || err != nil {
				t.Errorf("got %d, %v", s, err)
			}
			<-time.After(time.Millisecond)
			asked := f.replicas["a"].requests()
			if last := asked[len(asked)-1]; statsOf(c, "a").Breaker != "closed" || last.method != "GET" || last.path != "/healthz" {
				t.Errorf("%s: %s, %+v", method, statsOf(c, "a").Breaker, last)
			}
		}, "a", "b")
	}
}
