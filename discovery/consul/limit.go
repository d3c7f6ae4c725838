package consul

import (
	"errors"
	"io"
	"net/http"
)

const (
	// maxBody is how much of an answer is read: a set of 10,000 instances with all their checks takes about 20 MiB.
	maxBody = 32 << 20
	// maxErrorBody is how much is read of an answer that is no health answer.
	maxErrorBody = 4 << 10
)

var errTooLarge = errors.New("the answer is larger than 32 MiB")

// limited is a transport whose bodies end, and which keeps no connection open for a query that asks for none.
type limited struct {
	next http.RoundTripper
}

// ownConnection is the key of a context whose query gets a connection of its own, closed after the answer: the agent
// lets a host have 200, and what is asked seldom must not hold one between.
type ownConnection struct{}

func (l limited) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Context().Value(ownConnection{}) != nil {
		req = req.Clone(req.Context())
		req.Close = true
	}
	resp, err := l.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	resp.Body = limitBody(resp)
	return resp, nil
}

func limitBody(resp *http.Response) *limitedBody {
	if resp.StatusCode == http.StatusOK {
		return &limitedBody{io.LimitedReader{R: resp.Body, N: maxBody}, resp.Body, errTooLarge}
	}
	return &limitedBody{io.LimitedReader{R: resp.Body, N: maxErrorBody}, resp.Body, io.EOF}
}

// CloseIdleConnections reaches the transport inside, which http.Client looks for on the outermost one.
func (l limited) CloseIdleConnections() {
	if closer, ok := l.next.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

// limitedBody gives up to N bytes and then the error over.
type limitedBody struct {
	io.LimitedReader
	io.Closer
	over error
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.N <= 0 {
		return 0, b.over
	}
	return b.LimitedReader.Read(p)
}
