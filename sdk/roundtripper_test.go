package sdk_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
)

// requested is a request for MS2, whose host is of no consequence; fields come in pairs.
func requested(t testing.TB, method, path, body string, fields ...string) *http.Request {
	t.Helper()
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, "https://anything.example:99"+path, content)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(fields); i += 2 {
		req.Header.Add(fields[i], fields[i+1])
	}
	return req
}

// forward sends a request and reads the answer, a status of 0 for none.
func forward(c *sdk.Client, req *http.Request) (status int, body string, err error) {
	resp, err := c.RoundTripper().RoundTrip(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), err
}

// got fails the test unless a GET is answered so.
func got(t testing.TB, c *sdk.Client, status int, body string) {
	t.Helper()
	if s, b, err := forward(c, requested(t, "GET", "/data", "")); s != status || b != body || err != nil {
		t.Errorf("got %d, %q, %v; want %d, %q", s, b, err, status, body)
	}
}

// missed fails the test unless a request gets an error that is want, and returns it as a CallError.
func missed(t testing.TB, c *sdk.Client, req *http.Request, want error) *sdk.CallError {
	t.Helper()
	status, _, err := forward(c, req)
	if err == nil || want != nil && !errors.Is(err, want) || status != 0 {
		t.Errorf("got %d, %v; want an error that is %v", status, err, want)
	}
	call := &sdk.CallError{}
	errors.As(err, &call)
	return call
}

// echo answers with what was asked.
func echo(w http.ResponseWriter, r *http.Request) {
	io.WriteString(w, r.Method+" "+r.RequestURI+" "+r.Host+" "+r.Header.Get("Authorization")) //nolint:errcheck // a test sees what is missing
}

// saying answers 200 with a text; flowing does so bit by bit, without telling the length.
func saying(text string) http.HandlerFunc { return raw(text) }

func flowing(pause time.Duration, bits ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(200)
		for _, bit := range bits {
			w.(http.Flusher).Flush()
			select {
			case <-time.After(pause):
			case <-r.Context().Done():
				return
			}
			io.WriteString(w, bit) //nolint:errcheck // the test would see
		}
	}
}

// judged fails the test unless the replica's outcomes are so many.
func judged(t testing.TB, c *sdk.Client, name string, successes, failures, ignored int64) {
	t.Helper()
	s := statsOf(c, name)
	if s.Successes != successes || s.Failures != failures || s.Ignored != ignored || s.InFlight != 0 {
		t.Errorf("%s: %d successes, %d failures, %d ignored, %d in flight; want %d, %d, %d, 0",
			name, s.Successes, s.Failures, s.Ignored, s.InFlight, successes, failures, ignored)
	}
}

func TestARequestReachesAReplicaByItsOwnAddressAndIsElseUntouched(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(echo)
		c := f.client(func(cfg *sdk.Config) { cfg.Token = "hunter2" })
		req := requested(t, "GET", "/a%2Fb//c?q=1&q=%20", "", "X-Other", "1")
		before := req.Clone(t.Context())
		resp, err := c.RoundTripper().RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if want := "GET /a%2Fb//c?q=1&q=%20 a:80 Bearer hunter2"; string(body) != want {
			t.Errorf("got %q, want %q", body, want)
		}
		if req.URL.String() != before.URL.String() || req.Host != before.Host || len(req.Header) != 1 {
			t.Errorf("the request was changed: %v, %v", req.URL, req.Header)
		}
		if resp.Request != req {
			t.Error("the answer shows another request, with our token")
		}
	}, "a")
}

func TestARequestsOwnAuthorizationStays(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(echo)
		c := f.client(func(cfg *sdk.Config) { cfg.Token = "hunter2" })
		for _, own := range []string{"Basic eA==", ""} {
			_, body, err := forward(c, requested(t, "GET", "/", "", "Authorization", own))
			if err != nil || body != "GET / a:80 "+own {
				t.Errorf("got %q, %v", body, err)
			}
		}
	}, "a")
}

func TestARenewedTokenIsTriedOnceForARequestToo(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		inBubble(t, func(t *testing.T, f *fleet) {
			file, takes := tokenFile(t)
			f.all(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Authorization") != "Bearer "+takes.Load().(string) {
					status(401)(w, r)
				}
			})
			c := f.client(func(cfg *sdk.Config) { cfg.TokenFile = file })
			<-time.After(time.Second)
			write(t, file, "second")
			takes.Store("second")
			want := map[string]int{"GET": 200, "POST": 401}[method]
			if s, _, err := forward(c, requested(t, method, "/", "")); s != want || err != nil {
				t.Errorf("%s: %d, %v", method, s, err)
			}
			if s, _, _ := forward(c, requested(t, method, "/", "")); s != 200 {
				t.Errorf("%s: %d after it", method, s)
			}
			takes.Store("third")
			if s, _, _ := forward(c, requested(t, method, "/", "")); s != 401 || f.requests() > 4 {
				t.Errorf("%s: %d, %d requests", method, s, f.requests())
			}
		}, "a")
	}
}

func TestAnAnswerBelow500But429IsASuccessWhateverItSays(t *testing.T) {
	for _, code := range []int{200, 204, 304, 307, 400, 401, 403, 404, 408, 421, 499} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Location", "/x"); w.WriteHeader(code) })
			c := f.client()
			got(t, c, code, "")
			judged(t, c, "a", 1, 0, 0)
		}, "a")
	}
}

func TestWhatIsOfTheRequestMoreThanOfTheReplicaIsRefusedAndNotRepeated(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(status(501))
		c := f.client()
		for range 20 {
			if s, _, err := forward(c, requested(t, "GET", "/", "")); s != 501 || err != nil {
				t.Errorf("got %d, %v", s, err)
			}
		}
		if s := statsOf(c, "a"); f.requests() != 20 || s.Failures != 0 || s.Refused == 0 || s.Breaker != "closed" {
			t.Errorf("%d requests, %+v", f.requests(), s)
		}
	}, "a", "b")
}

func TestLoadAndFarewellAreTakenFromEveryAnswer(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.replicas["a"].answer(status(404, "MS2-Draining", "1", "endpoint-load-metrics", "TEXT cpu_utilization=0.5"))
		f.replicas["b"].answer(flowing(0, "b"))
		c := f.client()
		for range 20 {
			if _, _, err := forward(c, requested(t, "GET", "/", "")); err != nil {
				t.Error(err)
			}
		}
		if s := statsOf(c, "a"); s.State != "draining" || s.Picks != 1 {
			t.Errorf("%+v", s)
		}
	}, "a", "b")
}

func TestUpgradesAndConnectAreRefused(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := f.client()
		var closed atomic.Int32
		for _, req := range []*http.Request{
			requested(t, "GET", "/", "", "Connection", "keep-alive, Upgrade", "Upgrade", "websocket"),
			requested(t, "CONNECT", "/", ""),
			requested(t, "GET", "/", "", "X", "a\nb"),
			{Method: "GET", Header: http.Header{}},
		} {
			req.Body = &closing{Reader: strings.NewReader("x"), closed: &closed}
			if _, _, err := forward(c, req); err == nil || !strings.HasPrefix(err.Error(), "ms2: ") {
				t.Errorf("got %v", err)
			}
		}
		if closed.Load() != 4 || f.requests() != 0 || statsOf(c, "a").Picks != 0 {
			t.Errorf("%d bodies closed, %d requests", closed.Load(), f.requests())
		}
	}, "a")
}

// closing counts that it is closed.
type closing struct {
	io.Reader
	closed *atomic.Int32
}

func (c *closing) Close() error { c.closed.Add(1); return nil }

func TestARequestBeforeTheFirstSnapshotWaitsForIt(t *testing.T) {
	told(t, func(t *testing.T, f *fleet, source *teller, c *sdk.Client) {
		f.all(saying("late"))
		start := time.Now()
		go func() {
			<-time.After(700 * time.Millisecond)
			source.tell(discovery.Snapshot{Instances: instances("a")})
		}()
		got(t, c, 200, "late")
		took(t, start, 700*time.Millisecond)
	}, "a")
}

func TestWithoutReplicasTheErrorSaysSo(t *testing.T) {
	told(t, func(t *testing.T, f *fleet, source *teller, c *sdk.Client) {
		start := time.Now()
		call := missed(t, c, requested(t, "GET", "/", ""), context.DeadlineExceeded)
		took(t, start, 2*time.Second)
		if !errors.Is(call, sdk.ErrNoReplicas) || call.Attempts != 0 {
			t.Errorf("got %v", call)
		}
		source.tell(discovery.Snapshot{Instances: []discovery.Instance{}})
		missed(t, c, requested(t, "POST", "/", "x"), sdk.ErrNoReplicas)
	})
}

func TestAfterCloseARequestFailsAndDuringItToo(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(hang)
		c := f.client()
		failed := make(chan error, 2)
		for _, method := range []string{"GET", "POST"} {
			go func() {
				_, _, err := forward(c, requested(t, method, "/", "x"))
				failed <- err
			}()
		}
		<-time.After(time.Millisecond)
		start := time.Now()
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		took(t, start, 0)
		for range 2 {
			if err := <-failed; !errors.Is(err, sdk.ErrClosed) {
				t.Errorf("got %v", err)
			}
		}
		var closed atomic.Int32
		req := requested(t, "POST", "/", "x")
		req.Body = &closing{req.Body, &closed}
		missed(t, c, req, sdk.ErrClosed)
		if closed.Load() != 1 {
			t.Error("its body is open")
		}
		judged(t, c, "a", 0, 0, 2)
	}, "a")
}

func TestRequestsAreCountedApartFromChecks(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.replicas["a"].answer(status(500))
		c := f.client()
		expect(t, c, "x", true, sdk.Fresh)
		before := c.Stats()
		for range 3 {
			forward(c, requested(t, "GET", "/", "")) //nolint:errcheck // counted
		}
		f.all(hang)
		missed(t, c, requested(t, "POST", "/", ""), nil)
		s := c.Stats()
		if s.Attempts != before.Attempts || s.Batches != before.Batches || s.Retries != before.Retries || s.Checks != before.Checks {
			t.Errorf("%+v, before %+v", s, before)
		}
		if n := s.Forwarded; n.Requests != 4 || n.Failed != 1 || n.Attempts+s.Attempts != int64(f.requests()) {
			t.Errorf("%+v, %d requests", n, f.requests())
		}
		if got := names(t, s, "forwarded"); strings.Join(got, " ") != "attempts failed requests" {
			t.Errorf("got %v", got)
		}
	}, "a", "b")
}

func TestARequestInABubbleLeavesNothingBehind(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(saying("x"))
		c := f.client()
		got(t, c, 200, "x")
		c.Close() //nolint:errcheck // the bubble ends only when all goroutines have
		synctest.Wait()
	}, "a")
}
