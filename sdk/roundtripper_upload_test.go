package sdk_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// upload is a body that is made by next, and that counts itself among the open ones.
type upload struct {
	next func() (string, error)
	open *atomic.Int32
}

func (u *upload) Read(p []byte) (int, error) {
	text, err := u.next()
	return copy(p, text), err
}

func (u *upload) Close() error { u.open.Add(-1); return nil }

// bits are read one by one, with a pause before each; then comes the end.
func bits(pause time.Duration, texts ...string) func() (string, error) {
	return func() (string, error) {
		if len(texts) == 0 {
			return "", io.EOF
		}
		<-time.After(pause)
		text := texts[0]
		texts = texts[1:]
		return text, nil
	}
}

// uploading is a request with such bodies, whose length is not known.
func uploading(t testing.TB, method string, open *atomic.Int32, next func() func() (string, error)) *http.Request {
	t.Helper()
	req := requested(t, method, "/", "")
	body := func() (io.ReadCloser, error) {
		open.Add(1)
		return &upload{next(), open}, nil
	}
	req.Body, _ = body()
	req.ContentLength = -1
	if method == "PUT" {
		req.GetBody = body
		req.Header.Set("Idempotency-Key", "1")
	}
	return req
}

// mirror answers with the body that was sent.
func mirror(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	w.Write(text) //nolint:errcheck // a test sees it
}

// mirrors have the replicas answer so, past the recording of requests, which reads their bodies.
func (f *fleet) mirrors(h http.HandlerFunc) {
	for _, r := range f.replicas {
		r.listener.Close()
		server := &http.Server{Handler: h}
		go server.Serve(f.network.Listen(r.addr)) //nolint:errcheck // it ends with Close
		f.t.Cleanup(func() { server.Close() })
	}
}

// stuck answers nothing and reads nothing, until the test ends.
func stuck(t *testing.T) http.HandlerFunc {
	return func(http.ResponseWriter, *http.Request) { <-t.Context().Done() }
}

func TestABodyIsSentAgainToAnotherReplicaAndEachIsClosed(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		var n, open atomic.Int32
		f.mirrors(func(w http.ResponseWriter, r *http.Request) {
			if n.Add(1) == 1 {
				io.Copy(io.Discard, r.Body) //nolint:errcheck // it is sent whole
				w.WriteHeader(503)
				return
			}
			mirror(w, r)
		})
		c := f.client()
		req := uploading(t, "PUT", &open, func() func() (string, error) { return bits(0, "a", "b") })
		if s, body, err := forward(c, req); s != 200 || body != "ab" || err != nil || n.Load() != 2 {
			t.Errorf("got %d, %q, %v, %d requests", s, body, err, n.Load())
		}
		synctest.Wait()
		if open.Load() != 0 {
			t.Errorf("%d bodies open", open.Load())
		}
	}, "a", "b")
}

func TestABodyIsClosedWhateverBecomesOfIt(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"answered": mirror, "refused unread": status(413), "hung": nil, "cut off": cut, "flowing": flowing(time.Second, "x"),
	} {
		for _, method := range []string{"POST", "PUT"} {
			t.Run(name+" "+method, func(t *testing.T) {
				inBubble(t, func(t *testing.T, f *fleet) {
					f.mirrors(answer)
					if answer == nil {
						f.mirrors(stuck(t))
					}
					c := f.client()
					var open atomic.Int32
					big := strings.Repeat("x", 1<<15)
					forward(c, uploading(t, method, &open, func() func() (string, error) { return bits(0, big, big, big) })) //nolint:errcheck // whatever
					synctest.Wait()
					if open.Load() != 0 {
						t.Errorf("%d bodies open", open.Load())
					}
				}, "a", "b")
			})
		}
	}
}

func TestABodyIsClosedThoughTheAdoptersTransportFails(t *testing.T) {
	for _, bad := range []func(){func() { panic("boom") }, runtime.Goexit} {
		inBubble(t, func(t *testing.T, f *fleet) {
			c, _ := hooked(f, bad)
			var open atomic.Int32
			missed(t, c, uploading(t, "PUT", &open, func() func() (string, error) { return bits(0, "x") }), nil)
			if open.Load() != 0 {
				t.Errorf("%d bodies open", open.Load())
			}
		}, "a")
	}
}

func TestAnUploadMayTakeLongerThanAllTimeouts(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.mirrors(mirror)
		c := f.client()
		for _, method := range []string{"POST", "PUT"} {
			pause := map[string]time.Duration{"POST": 1900 * time.Millisecond, "PUT": 400 * time.Millisecond}[method]
			var open atomic.Int32
			req := uploading(t, method, &open, func() func() (string, error) { return bits(pause, "a", "b", "c", "d", "e", "f") })
			start := time.Now()
			if s, body, err := forward(c, req); s != 200 || body != "abcdef" || err != nil {
				t.Errorf("got %d, %q, %v", s, body, err)
			}
			took(t, start, 6*pause)
		}
		judged(t, c, "a", 2, 0, 0)
	}, "a")
}

func TestAnUploadThatStallsOrFailsIsNotTheReplicasFault(t *testing.T) {
	broken := errors.New("the disk is on fire")
	for name, next := range map[string]func() (string, error){
		"stalls": bits(time.Hour, "a"),
		"fails":  func() (string, error) { return "", broken },
	} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.mirrors(mirror)
			c := f.client()
			var open atomic.Int32
			want := map[string]error{"stalls": context.DeadlineExceeded, "fails": broken}[name]
			missed(t, c, uploading(t, "POST", &open, func() func() (string, error) { return next }), want)
			judged(t, c, "a", 0, 0, 1)
			<-time.After(2 * time.Hour) // a body is not closed while it is read
			if open.Load() != 0 {
				t.Errorf("%s: open", name)
			}
		}, "a")
	}
}

func TestABodyThatIsShorterThanItNamesIsNotTheReplicasFault(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.mirrors(mirror)
		c := f.client()
		req := requested(t, "POST", "/", "abc")
		req.ContentLength = 4
		missed(t, c, req, nil)
		judged(t, c, "a", 0, 0, 1)
	}, "a")
}

func TestAReplicaThatDoesNotTakeABodyIsAtFault(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.mirrors(stuck(t))
		c := f.client()
		big := strings.Repeat("x", 1<<15)
		var open atomic.Int32
		start := time.Now()
		missed(t, c, uploading(t, "POST", &open, func() func() (string, error) { return bits(0, big, big, big, big) }), context.DeadlineExceeded)
		took(t, start, 2*time.Second)
		judged(t, c, "a", 0, 1, 0)
	}, "a")
}

func TestAPanicOfGetBodyLeavesNothingBehind(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.mirrors(status(500))
		c := f.client()
		var open atomic.Int32
		req := uploading(t, "PUT", &open, func() func() (string, error) { return bits(0, "x") })
		req.GetBody = func() (io.ReadCloser, error) { panic("boom") }
		func() {
			defer func() { recover() }() //nolint:errcheck // it is the caller's own
			forward(c, req)              //nolint:errcheck // it panics
		}()
		synctest.Wait()
		if s := c.Stats(); open.Load() != 0 || s.Replicas[0].InFlight+s.Replicas[1].InFlight != 0 {
			t.Errorf("%d open, %+v", open.Load(), s.Replicas)
		}
	}, "a", "b")
}
