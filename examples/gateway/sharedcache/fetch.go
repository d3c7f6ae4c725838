package sharedcache

import (
	"context"
	"net/http"
	"time"
)

// fetched is what came of asking the origin: an entry for all whom it fits, or an answer for who asked alone, or an error.
type fetched struct {
	entry  *entry
	old    bool // the entry was kept already, and the origin said nothing of it now
	answer *http.Response
	err    error
}

// alone asks for one request, and keeps the answer where it may.
func (c *Cache) alone(req *http.Request, kept *entry) (*http.Response, error) {
	return c.fetch(req.Clone(req.Context()), kept).response(req)
}

// response is the answer for who asked.
func (f fetched) response(req *http.Request) (*http.Response, error) {
	if f.entry != nil {
		return f.entry.answer(req, time.Now(), !f.old), nil
	}
	return f.answer, f.err
}

// together asks for one request, or waits for the answer to another with the same key. When that does not fit, it tries once more,
// since it is known by then on which fields the page depends, and asks alone after that.
func (c *Cache) together(req *http.Request, kept *entry, key string) (*http.Response, error) {
	for range 2 {
		f, led, err := c.join(req, kept, key)
		switch {
		case err != nil:
			return nil, err
		case led || f.err != nil:
			return f.response(req)
		case f.entry == nil:
			return c.alone(req, kept)
		case !f.entry.fits(req):
			kept, key = c.store.find(req)
		case f.old || f.entry.satisfies(anyFresh, time.Now()):
			c.coalesced.Add(1)
			return f.entry.answer(req, time.Now(), false), nil
		default: // it must be validated for each (4)
			return c.alone(req, f.entry)
		}
	}
	return c.alone(req, kept)
}

// join begins a flight, or joins the one for key. It reports whether it began it: then all of fetched is for the caller. The error is
// that of the request's context; the flight goes on without it.
func (c *Cache) join(req *http.Request, kept *entry, key string) (fetched, bool, error) {
	own := req.Clone(req.Context()) // the caller may change its request once it has left
	led := false                    // to be read when the flight has ended
	flight := c.flights.DoChan(key, func() (any, error) {
		led = true
		return c.detached(own, kept), nil
	})
	select {
	case r := <-flight:
		return r.Val.(fetched), led, nil
	case <-req.Context().Done():
		return fetched{}, false, req.Context().Err()
	}
}

// detached asks with a patience of its own: a caller that leaves does not end it. An answer that is for the caller alone lives as long as
// the caller.
func (c *Cache) detached(req *http.Request, kept *entry) fetched {
	if e, _ := c.store.find(req); e != nil && e.satisfies(anyFresh, time.Now()) {
		return fetched{entry: e, old: true} // another flight ended since the caller looked
	}
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(req.Context()))
	limit := time.AfterFunc(c.patience, func() { cancel(context.DeadlineExceeded) })
	f := c.fetch(req.WithContext(ctx), kept)
	limit.Stop()
	if f.answer == nil {
		if f.err != nil && ctx.Err() != nil {
			f.err = context.Cause(ctx)
		}
		cancel(nil)
		return f
	}
	f.answer.Body = hold(req.Context(), f.answer.Body, func() { cancel(nil) })
	return f
}

// fetch asks the origin, for the whole page or whether what is kept still holds, and keeps what may be. It changes req.
func (c *Cache) fetch(req *http.Request, kept *entry) fetched {
	began, sent := c.store.began(), time.Now()
	kept.validation(req)
	resp, err := c.send(req)
	if failed := err != nil || resp.StatusCode >= 500; failed && kept != nil && kept.standsIn(time.Now()) {
		if err == nil {
			_ = resp.Body.Close()
		}
		return fetched{entry: kept, old: true}
	}
	if err != nil {
		return fetched{err: err}
	}
	if resp.StatusCode != http.StatusNotModified || kept == nil {
		return c.keep(req, resp, kept, sent, began)
	}
	_ = resp.Body.Close()
	if whole, ok := kept.validated(req, resp.Header); ok {
		return c.keep(req, whole, kept, sent, began)
	}
	return c.fetch(req, nil) // without a condition no other 304 comes
}

// keep reads and keeps an answer, where it may be kept. Where not, what was kept is over, unless the answer is an error of the origin.
func (c *Cache) keep(req *http.Request, resp *http.Response, kept *entry, sent time.Time, began int64) fetched {
	e := judge(req, resp, sent)
	if e == nil || resp.ContentLength > c.maxBody || !c.read(e, resp) {
		if kept != nil && resp.StatusCode < 500 {
			c.store.drop(req, kept)
		}
		return fetched{answer: resp}
	}
	c.store.add(req, e, began)
	return fetched{entry: e}
}
