package delivery

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
)

// upload is the body of the caller's request, as often as it is sent. Each opened body is closed, never while it is read: a body
// that waits for its peer would hold up who closes it.
type upload struct {
	req      *http.Request
	original *source // nil when there is no body
	failure  atomic.Pointer[error]

	mu    sync.Mutex
	again []*source // guarded by mu; opened by GetBody
}

func newUpload(req *http.Request) *upload {
	u := &upload{req: req}
	if req.Body != nil && req.Body != http.NoBody {
		u.original = &source{body: req.Body}
	}
	return u
}

var (
	errSpent  = errors.New("its body was sent already, and there is no GetBody")
	errNoBody = errors.New("its GetBody returned neither a body nor an error")
)

// request is the caller's request with the body to send, which gives the answer more time while it is read.
func (u *upload) request(p *patience) (*http.Request, error) {
	out := *u.req
	if u.original == nil {
		return &out, nil
	}
	first := &sending{upload: u, source: u.original, patience: p}
	if out.Body = first; !u.original.lend(first) {
		body, err := u.reopen(p)
		if err != nil {
			return nil, err
		}
		out.Body = body
	}
	if out.GetBody != nil {
		out.GetBody = func() (io.ReadCloser, error) { return u.reopen(p) }
	}
	return &out, nil
}

func (u *upload) reopen(p *patience) (io.ReadCloser, error) {
	if u.req.GetBody == nil {
		return nil, errSpent
	}
	body, err := u.req.GetBody()
	switch {
	case err != nil:
		return nil, err
	case body == nil:
		return nil, errNoBody // reading it would end the program
	}
	again := &sending{upload: u, source: &source{body: body}, patience: p}
	again.source.lend(again)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.again = append(u.again, again.source)
	return again, nil
}

// renewable reports whether the request can be sent from its beginning.
func (u *upload) renewable() bool {
	return u.original == nil || u.req.GetBody != nil || !u.original.touched()
}

// fault is what was wrong with the body itself; nil for nothing.
func (u *upload) fault() error {
	if err := u.failure.Load(); err != nil {
		return fmt.Errorf("the body of the request: %w", *err)
	}
	return nil
}

func (u *upload) fail(err error) { u.failure.CompareAndSwap(nil, &err) }

// stalled reports whether a body is waited for.
func (u *upload) stalled() bool {
	for _, s := range u.sources() {
		if s.busy() {
			return true
		}
	}
	return false
}

func (u *upload) close() {
	for _, s := range u.sources() {
		s.close()
	}
}

func (u *upload) sources() []*source {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.original == nil {
		return nil
	}
	return append([]*source{u.original}, u.again...)
}
