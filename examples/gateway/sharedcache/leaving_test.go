package sharedcache_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/examples/gateway/sharedcache"
)

func TestWhoLeavesHarmsNobodyElse(t *testing.T) {
	inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		o.answer = slowly(o.answer)
		ctx, cancel := context.WithCancel(t.Context())
		first := make(chan error, 1)
		go func() {
			_, err := cache.RoundTrip(request(t, "GET", page).WithContext(ctx)) //nolint:bodyclose // there is none
			first <- err
		}()
		synctest.Wait()
		others := make(chan []string, 1)
		go func() { others <- atOnce(t, cache, many(t, 2)...) }()
		synctest.Wait()
		cancel()
		if err := <-first; !errors.Is(err, context.Canceled) {
			t.Errorf("who left got %v", err)
		}
		if bodies := <-others; bodies[0] != "whole" || bodies[1] != "whole" || o.count() != 1 {
			t.Errorf("the others got %q after %d requests", bodies, o.count())
		}
	})
}

func TestWhoLeavesLeavesNothingBehind(t *testing.T) {
	inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		o.answer = slowly(o.answer)
		ctx, cancel := context.WithCancel(t.Context())
		before := runtime.NumGoroutine()
		for range 100 {
			go func() {
				_, _ = cache.RoundTrip(request(t, "GET", page).WithContext(ctx)) //nolint:bodyclose // there is none
			}()
		}
		synctest.Wait()
		cancel()
		synctest.Wait()
		if left := runtime.NumGoroutine() - before; left > 10 { // the request itself goes on
			t.Errorf("%d goroutines wait for what nobody wants", left)
		}
		time.Sleep(time.Second) // it ends
	})
}

// body notes that it was closed.
type body struct {
	io.Reader
	closed chan struct{}
}

func (b body) Close() error { close(b.closed); return nil }

func TestAnAnswerThatNobodyTakesIsClosed(t *testing.T) {
	inBubble(t, sharedcache.Options{}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		closed := make(chan struct{})
		o.answer = slowly(func(req *http.Request) (*http.Response, error) {
			resp, err := answering(200, "", "Cache-Control: no-store")(req)
			resp.Body = body{resp.Body, closed}
			return resp, err
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := cache.RoundTrip(request(t, "GET", page).WithContext(ctx)); !errors.Is(err, context.DeadlineExceeded) { //nolint:bodyclose // there is none
			t.Errorf("got %v", err)
		}
		<-closed
	})
}

func TestAnAnswerForOneLivesAsLongAsItsCaller(t *testing.T) {
	inBubble(t, sharedcache.Options{Patience: 2 * time.Second}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		var asked context.Context
		o.answer = slowly(func(req *http.Request) (*http.Response, error) {
			asked = req.Context()
			return answering(200, "", "Cache-Control: no-store")(req)
		})
		for name, end := range map[string]func(*http.Response, context.CancelFunc){
			"it is closed":    func(r *http.Response, _ context.CancelFunc) { r.Body.Close() },
			"the user leaves": func(_ *http.Response, leave context.CancelFunc) { leave() },
		} {
			ctx, cancel := context.WithCancel(t.Context())
			resp, err := cache.RoundTrip(request(t, "GET", page).WithContext(ctx)) //nolint:bodyclose // one of the two ways closes nothing
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute) // a slow browser: the patience was for the head
			if asked.Err() != nil {
				t.Errorf("%s: it was given up", name)
			}
			end(resp, cancel)
			synctest.Wait()
			if asked.Err() == nil {
				t.Errorf("%s: it goes on", name)
			}
			cancel()
		}
	})
}

func TestTheOriginHasToAnswerInTime(t *testing.T) {
	inBubble(t, sharedcache.Options{Patience: 5 * time.Second}, func(t *testing.T, o *origin, cache *sharedcache.Cache) {
		o.answer = func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		}
		start := time.Now()
		if _, err := cache.RoundTrip(request(t, "GET", page)); !errors.Is(err, context.DeadlineExceeded) { //nolint:bodyclose // there is none
			t.Errorf("got %v", err)
		}
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("took %v", took)
		}
	})
}
