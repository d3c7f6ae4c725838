package sdk_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

// opened sends a GET and returns the answer, its body still to be read.
func opened(t testing.TB, c *sdk.Client, ctx context.Context) *http.Response { //nolint:revive // the test comes first here
	t.Helper()
	resp, err := c.RoundTripper().RoundTrip(requested(t, "GET", "/", "").WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// reads fails the test unless reading the body ends with want, again and again.
func reads(t testing.TB, body io.Reader, want error) {
	t.Helper()
	_, err := io.Copy(io.Discard, body)
	if _, again := body.Read(make([]byte, 1)); !errors.Is(err, want) || !errors.Is(again, want) {
		t.Errorf("read to %v, then %v; want %v", err, again, want)
	}
}

func TestABodyFlowsAndIsASuccessAtItsEnd(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(flowing(time.Second, "one ", "two ", "three"))
		c := f.client()
		start := time.Now()
		resp := opened(t, c, t.Context())
		took(t, start, 0)
		for i, want := range []string{"one ", "two ", "three"} {
			bit := make([]byte, 100)
			n, err := resp.Body.Read(bit)
			if string(bit[:n]) != want || err != nil {
				t.Errorf("%d: got %q, %v", i, bit[:n], err)
			}
			took(t, start, time.Duration(i+1)*time.Second)
			if s := statsOf(c, "a"); s.InFlight != 1 || s.Successes != 0 {
				t.Errorf("%+v", s)
			}
		}
		if n, err := resp.Body.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("got %d, %v", n, err)
		}
		judged(t, c, "a", 1, 0, 0)
		if err := resp.Body.Close(); err != nil {
			t.Error(err)
		}
		judged(t, c, "a", 1, 0, 0)
	}, "a")
}

func TestABodyMayTakeLongerThanAllTimeouts(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(flowing(time.Minute, "a", "b"))
		c := f.client()
		for _, method := range []string{"GET", "POST"} {
			if s, body, err := forward(c, requested(t, method, "/", "")); s != 200 || body != "ab" || err != nil {
				t.Errorf("got %d, %q, %v", s, body, err)
			}
		}
	}, "a")
}

func TestABodyThatIsCutOffIsAFailureAndNotRepeated(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, strings.Repeat("x", 1<<17)) //nolint:errcheck // it is cut off
			panic(http.ErrAbortHandler)
		})
		c := f.client()
		resp := opened(t, c, t.Context())
		reads(t, resp.Body, io.ErrUnexpectedEOF)
		resp.Body.Close()
		s := c.Stats()
		if f.requests() != 1 || s.Forwarded.Failed != 1 || s.Replicas[0].Failures+s.Replicas[1].Failures != 1 {
			t.Errorf("%d requests, %+v", f.requests(), s.Forwarded)
		}
	}, "a", "b")
}

func TestABodyThatIsLeftSaysNothingOfTheReplica(t *testing.T) {
	for name, leave := range map[string]func(context.CancelFunc, *http.Response) error{
		"closed": func(_ context.CancelFunc, resp *http.Response) error {
			resp.Body.Close()
			return http.ErrBodyReadAfterClose
		},
		"cancelled": func(cancel context.CancelFunc, _ *http.Response) error { cancel(); return context.Canceled },
		"cancelled while it is read": func(cancel context.CancelFunc, resp *http.Response) error {
			time.AfterFunc(time.Second, cancel)
			return context.Canceled
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				left := make(chan struct{})
				f.all(func(w http.ResponseWriter, r *http.Request) {
					w.(http.Flusher).Flush()
					<-r.Context().Done()
					close(left)
				})
				c := f.client()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				resp := opened(t, c, ctx)
				reads(t, resp.Body, leave(cancel, resp))
				<-left // the replica knows
				synctest.Wait()
				judged(t, c, "a", 0, 0, 1)
				resp.Body.Close()
				judged(t, c, "a", 0, 0, 1)
			}, "a")
		})
	}
}

func TestABodyThatNobodyReadsOrClosesEndsWithItsContext(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(flowing(time.Hour, "x"))
		c := f.client()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		opened(t, c, ctx) //nolint:bodyclose // that is the point
		<-time.After(time.Minute + 1)
		synctest.Wait()
		judged(t, c, "a", 0, 0, 1)
	}, "a")
}

func TestCloseEndsOpenBodies(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(flowing(time.Hour, "x"))
		c := f.client()
		idle, read := opened(t, c, t.Context()), opened(t, c, t.Context())
		failed := make(chan error)
		go func() {
			_, err := read.Body.Read(make([]byte, 1))
			failed <- err
		}()
		synctest.Wait()
		start := time.Now()
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		took(t, start, 0)
		if err := <-failed; !errors.Is(err, sdk.ErrClosed) {
			t.Errorf("got %v", err)
		}
		reads(t, idle.Body, sdk.ErrClosed)
		judged(t, c, "a", 0, 0, 2)
	}, "a")
}

func TestASlowReaderDoesNotMakeAReplicaLookSlow(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(time.Millisecond, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/slow" {
				flowing(time.Millisecond, strings.Repeat("x", 1<<20))(w, r)
				return
			}
			results("valid", 0, 0, 0)(w, r)
		}))
		c := f.client()
		c.Ready(t.Context()) //nolint:errcheck // static replicas
		for i := range 40 {
			expect(t, c, fmt.Sprint(i), true, sdk.Fresh)
		}
		resp, err := c.RoundTripper().RoundTrip(requested(t, "GET", "/slow", ""))
		if err != nil {
			t.Fatal(err)
		}
		before := map[string]int64{"a": statsOf(c, "a").Picks, "b": statsOf(c, "b").Picks}
		for i := range 200 {
			resp.Body.Read(make([]byte, 100)) //nolint:errcheck // a byte now and then
			<-time.After(100 * time.Millisecond)
			expect(t, c, fmt.Sprint("beside", i), true, sdk.Fresh)
		}
		resp.Body.Close()
		for _, name := range []string{"a", "b"} {
			s := statsOf(c, name)
			if n := s.Picks - before[name]; n < 60 || *s.LatencyMS > 2 {
				t.Errorf("%s: %d of 200 picks, %v ms", name, n, *s.LatencyMS)
			}
		}
	}, "a", "b")
}

func TestAFaultOfTheAdoptersTransportHarmsThatRequestAlone(t *testing.T) {
	for name, bad := range map[string]func(){"panic": func() { panic("boom") }, "Goexit": runtime.Goexit} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(saying("good"))
			c, h := hooked(f, bad)
			missed(t, c, requested(t, "GET", "/", ""), nil)
			h.sick.Store(false)
			got(t, c, 200, "good")
			if s := statsOf(c, "a"); s.Failures != 0 {
				t.Errorf("%s: %+v", name, s)
			}
		}, "a")
	}
}

// faultyBodies is a transport whose bodies fail after the first byte.
type faultyBodies struct{ bad func() }

func (f faultyBodies) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: -1, Body: io.NopCloser(io.MultiReader(strings.NewReader("x"), f))}, nil
}

func (f faultyBodies) Read([]byte) (int, error) { f.bad(); return 0, io.EOF }

func TestAFaultOfABodyOfTheAdoptersHarmsThatBodyAlone(t *testing.T) {
	for name, bad := range map[string]func(){"panicked": func() { panic("boom") }, "exited": runtime.Goexit} {
		inBubble(t, func(t *testing.T, f *fleet) {
			c := f.clientWith(sdk.Config{Endpoints: []string{"a:80"}}, sdk.WithTransport(func(http.RoundTripper) http.RoundTripper { return faultyBodies{bad} }))
			resp := opened(t, c, t.Context())
			body, err := io.ReadAll(resp.Body)
			if string(body) != "x" || err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "WithTransport") {
				t.Errorf("%s: got %q, %v", name, body, err)
			}
			judged(t, c, "a", 0, 0, 1)
		}, "a")
	}
}

func TestABlockedBodyOfTheAdoptersIsNotWaitedFor(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		healed := make(chan struct{})
		c := f.clientWith(sdk.Config{Endpoints: []string{"a:80"}}, sdk.WithTransport(func(http.RoundTripper) http.RoundTripper {
			return faultyBodies{func() { <-healed }}
		}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		resp := opened(t, c, ctx)
		start := time.Now()
		reads(t, resp.Body, context.DeadlineExceeded)
		took(t, start, time.Second)
		close(healed)
	}, "a")
}
