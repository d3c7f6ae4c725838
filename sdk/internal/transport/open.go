package transport

import (
	"io"
	"maps"
	"net/http"

	"ms2.internal/lb/sdk/internal/hook"
)

// Open sends a request and returns the response, whose body is still to be read, and to be closed. Both end with the request's
// context, which the caller ends after the body. Where code of the adopter's is in the way, the request and every read of its
// body run under the guard: a fault is the error of this request, or of its body, alone.
func (t *Transport) Open(req *http.Request) (*http.Response, error) {
	if t.guard == nil {
		return t.open(req)
	}
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	o := &opening{headers: make(chan opened, 1)}
	o.reader, o.writer = io.Pipe()
	t.guard.Go(hook.Transport, func() { o.run(t, req) }, o.ended)
	select {
	case got := <-o.headers:
		return got.resp, got.err
	case <-req.Context().Done():
		o.reader.Close() // a body that comes late is closed at once
		return nil, req.Context().Err()
	}
}

func (t *Transport) open(req *http.Request) (*http.Response, error) {
	resp, err := t.round.RoundTrip(req)
	switch {
	case err != nil:
		return nil, err
	case resp == nil || resp.Body == nil:
		return nil, &hook.Fault{Hook: hook.Transport, What: "returned neither a response with a body nor an error"}
	}
	return resp, nil
}

// opening is a request under the guard, and then its body, which is handed on through a pipe.
type opening struct {
	headers chan opened // has room for one that nobody waits for any more
	reader  *io.PipeReader
	writer  *io.PipeWriter
}

// piped is the body in the caller's hands. Its end brings the trailer, which net/http writes into the response while it reads: a map
// that the caller may be reading.
type piped struct {
	*io.PipeReader
	from, to *http.Response
}

// Read reads on.
func (p *piped) Read(b []byte) (int, error) {
	n, err := p.PipeReader.Read(b)
	if err == io.EOF {
		p.to.Trailer = p.from.Trailer // nobody writes it any more
	}
	return n, err
}

type opened struct {
	resp *http.Response
	err  error
}

// run is the part that the adopter's code may disturb.
func (o *opening) run(t *Transport, req *http.Request) {
	resp, err := t.open(req)
	if err != nil {
		o.headers <- opened{err: sound(err)}
		return
	}
	body := resp.Body
	defer body.Close()
	out := *resp
	out.Trailer, out.Body = maps.Clone(resp.Trailer), &piped{PipeReader: o.reader, from: resp, to: &out}
	o.headers <- opened{resp: &out}
	o.writer.CloseWithError(sound(o.hand(body)))
}

// hand hands the body on until it ends, and returns nil for its end; or until nobody reads it any more.
func (o *opening) hand(body io.Reader) error {
	buffer := make([]byte, 32<<10)
	for {
		n, err := body.Read(buffer)
		if n != 0 || err == nil {
			if _, gone := o.writer.Write(buffer[:n]); gone != nil {
				return gone
			}
		}
		switch err {
		case nil:
		case io.EOF:
			return nil
		default:
			return err
		}
	}
}

// ended passes a fault on to who waits for the headers, or for the body.
func (o *opening) ended(fault error) {
	if fault == nil {
		return
	}
	select {
	case o.headers <- opened{err: fault}:
	default:
	}
	o.writer.CloseWithError(fault)
}
