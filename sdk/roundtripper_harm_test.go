package sdk_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// unsendable are requests that net/http refuses to send, whatever the replica.
var unsendable = map[string]func(*http.Request){
	"a newline in the query":   func(r *http.Request) { r.URL.RawQuery = "a=\nb" },
	"an opaque URL":            func(r *http.Request) { r.URL = &url.URL{Opaque: "//elsewhere.example/x"} },
	"a path without its slash": func(r *http.Request) { r.URL = &url.URL{Path: "x"} },
	"a length and no body":     func(r *http.Request) { r.ContentLength = 5 },
	"a trailer that frames": func(r *http.Request) {
		r.Trailer = http.Header{"Content-Length": nil}
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader("x")), -1
	},
	"a hop's own field":          func(r *http.Request) { r.Header.Set("Connection", "X-Other") },
	"an upgrade by another case": func(r *http.Request) { r.Header["connection"] = []string{"Upgrade"} },
	"a length by another case":   func(r *http.Request) { r.Header["content-length"] = []string{"7"} },
	"a GetBody without a body": func(r *http.Request) {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader("x")), 1
		r.GetBody = func() (io.ReadCloser, error) { return nil, nil }
	},
}

func TestARequestThatCannotBeSentIsNoReplicasFault(t *testing.T) {
	for name, spoil := range unsendable {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				f.all(func(w http.ResponseWriter, r *http.Request) {
					if name == "a GetBody without a body" {
						panic(http.ErrAbortHandler)
					}
				})
				c := f.client()
				for range 20 {
					req := requested(t, "GET", "/", "")
					spoil(req)
					if _, _, err := forward(c, req); err == nil {
						t.Fatal("it was sent")
					}
				}
				for _, replica := range []string{"a", "b"} {
					if s := statsOf(c, replica); name != "a GetBody without a body" && s.Failures != 0 || s.InFlight != 0 {
						t.Errorf("%s: %d failures, %d in flight, breaker %s", replica, s.Failures, s.InFlight, s.Breaker)
					}
				}
			}, "a", "b")
		})
	}
}

func TestAnAuthorizationInAnyCaseIsTheRequestsOwn(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, strings.Join(r.Header["Authorization"], "|"))
		}) //nolint:errcheck // seen
		c := f.client(func(cfg *sdk.Config) { cfg.Token = "hunter2" })
		req := requested(t, "GET", "/", "")
		req.Header["authorization"] = []string{"Basic eA=="}
		if _, body, err := forward(c, req); body != "Basic eA==" || err != nil {
			t.Errorf("got %q, %v", body, err)
		}
	}, "a")
}

func TestTheTrailerOfARequestComesThrough(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Trailer.Get("X-Sum")) }) //nolint:errcheck // seen
		c := f.client()
		req := requested(t, "POST", "/", "")
		req.Trailer = http.Header{"X-Sum": nil}
		req.ContentLength = -1
		req.Body = io.NopCloser(io.MultiReader(strings.NewReader("body"), readerFunc(func([]byte) (int, error) {
			req.Trailer.Set("X-Sum", "42")
			return 0, io.EOF
		})))
		if _, body, err := forward(c, req); body != "42" || err != nil {
			t.Errorf("got %q, %v", body, err)
		}
	}, "a")
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// A reverse proxy looks at the names of the trailer before it reads the body.
func TestTheTrailerOfAnAnswerIsNotWrittenWhileItIsRead(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Trailer", "X-Sum")
			w.WriteHeader(200)
			w.(http.Flusher).Flush()
			w.Header().Set("X-Sum", "42")
		})
		c := f.client()
		for range 20 {
			resp, err := c.RoundTripper().RoundTrip(requested(t, "GET", "/", ""))
			if err != nil {
				t.Fatal(err)
			}
			for name := range resp.Trailer {
				if name != "X-Sum" {
					t.Error(name)
				}
			}
			if _, err := io.ReadAll(resp.Body); err != nil || resp.Trailer.Get("X-Sum") != "42" {
				t.Errorf("got %v, %v", resp.Trailer, err)
			}
			resp.Body.Close()
		}
	}, "a")
}

// A replica is asked for the same as the caller asks for, which may be a stream of events without an end.
func TestAReplicaComesBackByAProbeThatStreams(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		bits := strings.Split(strings.Repeat("x", 60), "")
		f.all(flowing(time.Second, bits...))
		c := f.client(func(cfg *sdk.Config) { cfg.BreakerFailures = 1 })
		c.Ready(t.Context()) //nolint:errcheck // static replicas
		f.replicas["a"].answer(status(503))
		for statsOf(c, "a").Breaker == "closed" {
			resp, err := c.RoundTripper().RoundTrip(requested(t, "GET", "/events", ""))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
		}
		f.replicas["a"].answer(flowing(time.Second, bits...))
		for range 5 {
			<-time.After(time.Minute)
			resp, err := c.RoundTripper().RoundTrip(requested(t, "GET", "/events", ""))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
		}
		<-time.After(time.Minute)
		if s := statsOf(c, "a"); s.Breaker != "closed" || s.InFlight != 0 {
			t.Errorf("it answers for minutes, and is %s", s.Breaker)
		}
	}, "a", "b")
}

// What one path of MS2's data makes of replicas must not cost checks their verdicts.
// cutLate is an answer that breaks off after more than is waited for whole.
func cutLate(w http.ResponseWriter, _ *http.Request) {
	w.Write(make([]byte, 1<<17)) //nolint:errcheck // it is cut off
	panic(http.ErrAbortHandler)
}

func TestRequestsThatAreTooSlowEverywhereOpenNoBreakerForChecks(t *testing.T) {
	for name, bad := range map[string]http.HandlerFunc{"GET slow": hang, "GET aborts": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "POST 500": status(500), "GET cut": cutLate} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				good := results("valid", 0, 0, 0)
				f.all(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/report" {
						bad(w, r)
						return
					}
					good(w, r)
				})
				c := f.client(uncached)
				expect(t, c, "p1", true, sdk.Fresh) // before MS2 answers anybody, failures are its replicas'
				failed := 0
				for range 40 {
					for range 4 { // two seconds each at most: MS2 answers something in every ten
						forward(c, requested(t, strings.Fields(name)[0], "/report", "")) //nolint:errcheck // it fails, or its body does
					}
					if _, err := c.Validate(t.Context(), "p1"); err != nil {
						failed++
						if failed == 1 {
							t.Errorf("a check: %v", err)
						}
					}
				}
				for _, replica := range []string{"a", "b", "c"} {
					if s := statsOf(c, replica); s.Breaker != "closed" {
						t.Errorf("%s: breaker %s, %d failures", replica, s.Breaker, s.Failures)
					}
				}
				if left := c.Stats().Budget; left < 50-1 {
					t.Errorf("checks may repeat %v requests", left)
				}
				if failed > 0 {
					t.Errorf("%d of 40 checks failed", failed)
				}
			}, "a", "b", "c")
		})
	}
}

func TestAFarewellIsHeardThoughTheBodyGoesOn(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("MS2-Draining", "1")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		})
		c := f.client()
		resp, err := c.RoundTripper().RoundTrip(requested(t, "GET", "/", ""))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if s := statsOf(c, "a"); s.State != "draining" {
			t.Errorf("it said farewell a stream ago: %+v", s)
		}
	}, "a")
}

// closesBadly is a body whose Close panics.
type closesBadly struct{ io.Reader }

func (closesBadly) Close() error { panic("boom") }

func TestABodyWhosePanicsAreTheCallersLeavesNothingBehind(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := f.clientWith(sdk.Config{Endpoints: []string{"nowhere:80"}}) // whose Close must not wait, nor fail
		func() {
			defer func() { _ = recover() }()
			req := requested(t, "POST", "/", "")
			req.Body, req.ContentLength = closesBadly{strings.NewReader("")}, -1
			forward(c, req) //nolint:errcheck // it panics
		}()
	}, "a")
}
