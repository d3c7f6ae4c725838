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

// source is one opened body. It is lent to an attempt, and to the next one if that has not touched it.
type source struct {
	body io.ReadCloser

	mu      sync.Mutex
	to      *sending // guarded by mu; who may read it
	read    bool     // guarded by mu; somebody began to
	reading bool     // guarded by mu
	ending  bool     // guarded by mu; it is closed, or will be when the read has returned
}

// lend lets an attempt read the body from its beginning, if that is still possible.
func (s *source) lend(to *sending) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.read || s.ending {
		return false
	}
	s.to = to
	return true
}

func (s *source) touched() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.read || s.ending
}

func (s *source) busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reading
}

func (s *source) close() {
	if s.end() {
		s.body.Close()
	}
}

// end reports whether the caller is the one to close the body, at once.
func (s *source) end() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := !s.ending
	s.ending = true
	return first && !s.reading
}

// begin reports whether a read may begin.
func (s *source) begin(by *sending) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.to != by || s.ending {
		return false
	}
	s.read, s.reading = true, true
	return true
}

// done notes that a read has returned, and reports whether the body is to be closed now.
func (s *source) done() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reading = false
	return s.ending
}

// sending is a body as one attempt sends it.
type sending struct {
	upload   *upload
	source   *source
	patience *patience
	sent     int64
}

var errLength = errors.New("its length is not the one that ContentLength names")

// Read reads the caller's body, and notes what is wrong with it.
func (b *sending) Read(p []byte) (int, error) {
	if !b.source.begin(b) {
		return 0, http.ErrBodyReadAfterClose
	}
	n, err := b.source.body.Read(p)
	if b.source.done() {
		b.source.body.Close()
		return n, err // nobody sends it any more
	}
	b.patience.extend()
	b.sent += int64(n)
	want := b.upload.req.ContentLength
	switch {
	case err != nil && err != io.EOF:
		b.upload.fail(err)
	case want > 0 && (b.sent > want || err == io.EOF && b.sent < want):
		b.upload.fail(errLength)
	}
	return n, err
}

// Close closes the body, unless it was not touched: then it may be sent by the next attempt.
func (b *sending) Close() error {
	if b.source.lent(b) {
		b.source.close()
	}
	return nil
}

// lent reports whether the attempt has read of the body, and no later one may.
func (s *source) lent(to *sending) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.to == to && s.read
}
