package sharedcache

import (
	"bytes"
	"context"
	"io"
	"net/http"
)

// read takes the body whole. One that is too large or cut off stays in resp, with what was read of it.
func (c *Cache) read(e *entry, resp *http.Response) bool {
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.maxBody+1))
	if err == nil && int64(len(body)) <= c.maxBody {
		e.body = body
		_ = resp.Body.Close()
		return true
	}
	rest := resp.Body
	if err != nil {
		rest = io.NopCloser(broken{err})
	}
	resp.Body = &replayed{io.MultiReader(bytes.NewReader(body), rest), resp.Body}
	return false
}

// replayed is a body that begins with what was read of it.
type replayed struct {
	io.Reader
	io.Closer
}

// broken is where a body was cut off.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// held is a body whose request ends when it is closed, or when its caller leaves.
type held struct {
	io.ReadCloser
	end  func()
	stop func() bool // no more closing when the caller leaves; false when there is nothing left to stop
}

func hold(caller context.Context, body io.ReadCloser, end func()) *held {
	h := &held{ReadCloser: body, end: end}
	h.stop = context.AfterFunc(caller, h.close)
	return h
}

func (h *held) close() {
	h.end()
	_ = h.ReadCloser.Close() // nobody reads on
}

// Close closes the body, once.
func (h *held) Close() error {
	if !h.stop() {
		return nil
	}
	defer h.end()
	return h.ReadCloser.Close()
}
