package delivery

import (
	"errors"
	"io"
	"net/http"
	"sync"
)

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
