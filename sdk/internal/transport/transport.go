package transport

import (
	"errors"
	"net/http"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk/internal/hook"
)

// Options are what a [Transport] needs to know.
type Options struct {
	Timeout time.Duration                             // of a dial and of a TLS handshake
	Idle    int                                       // connections kept idle for a replica
	TLS     TLSFiles                                  // for connections by https
	Wrap    func(http.RoundTripper) http.RoundTripper // the adopter's; nil: none
}

// Transport sends requests to replicas. It may be used concurrently.
type Transport struct {
	pool  *pool
	round http.RoundTripper // the pool, or what the adopter wrapped around it
	guard *hook.Guard       // of the adopter's; nil where all code is ours
}

var errNoTransport = errors.New("ms2: the function given to WithTransport returned nil")

// ErrRemoved is the error of a request to an address that no replica has any more.
var ErrRemoved = errors.New("the replica was removed before the request was sent")

// New returns a transport that knows no replica. The error names what of the TLS files is wrong.
func New(o Options, guard *hook.Guard) (*Transport, error) {
	tls, err := o.TLS.Config()
	if err != nil {
		return nil, err
	}
	t := &Transport{pool: newPool(o, tls)}
	t.round = t.pool
	if o.Wrap == nil {
		return t, nil
	}
	t.guard = guard
	if t.round = o.Wrap(t.pool); t.round == nil {
		return nil, errNoTransport
	}
	return t, nil
}

// Exchange sends a request and hands the response to read, which must not keep its body. Where code of the adopter's is in
// the way, all of it runs under the guard, so that a fault fails this request alone.
func Exchange[T any](t *Transport, req *http.Request, read func(*http.Response) (T, error)) (T, error) {
	if t.guard == nil {
		return exchange(t, req, read)
	}
	return hook.Call(req.Context(), t.guard, hook.Transport, func() (T, error) {
		result, err := exchange(t, req, read)
		return result, sound(err)
	})
}

func exchange[T any](t *Transport, req *http.Request, read func(*http.Response) (T, error)) (none T, err error) {
	resp, err := t.open(req)
	if err != nil {
		return none, err
	}
	defer resp.Body.Close()
	return read(resp)
}

// Update replaces the set of replicas: first with the new ones added, so that then may tell others of them, and with the
// removed ones gone, their idle connections closed, when it returns.
func (t *Transport) Update(instances []discovery.Instance, then func()) {
	t.pool.add(instances)
	then()
	t.pool.keep(instances)
}

// Connections is how many connections are open to an address. It is not known where the adopter's transport makes its own: where it is
// in the way, and none was made here yet.
func (t *Transport) Connections(addr string) (open int64, known bool) {
	return t.pool.connections(addr), t.guard == nil || t.pool.dialed.Load()
}

// Close closes the idle connections.
func (t *Transport) Close() { t.pool.keep(nil) }
