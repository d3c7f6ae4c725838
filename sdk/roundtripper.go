package sdk

import (
	"errors"
	"fmt"
	"net/http"

	"ms2.internal/lb/sdk/internal/delivery"
)

// RoundTripper sends any request to MS2, by the same balancer, breakers, budget, TLS and token as checks: for an [http.Client], or
// for an httputil.ReverseProxy in front of MS2's data. The scheme and the host of the URL, and the Host header, become those of a
// replica; path, query, method, fields and body are sent as they are. A request that brings no Authorization bears the client's
// token. It does not follow redirects. The request is not changed, and its body is closed in every case.
//
// A GET, HEAD, OPTIONS or TRACE, and any request with an Idempotency-Key or X-Idempotency-Key, goes to another replica when one
// can't be reached, does not answer in MS2_ATTEMPT_TIMEOUT, or answers 429 or 5xx, but for 501 and 505; so too when an answer that
// names a length of up to 64 KiB is cut off, since that is waited for whole. Its body must be nil, or have a GetBody. What was
// handed out is never asked for again. Any other request is sent once, and again only where no connection was made. All of it is
// within MS2_TIMEOUT, MS2_ATTEMPTS and half of the budget, so that checks keep the other half; a request that is sent once has
// MS2_TIMEOUT from the last byte of its body on.
//
// An answer is no error, whatever its status: when every attempt failed, the last answer that came is returned. The error is a
// [*CallError], as that of a check, or [ErrClosed], or says what of the request is refused: CONNECT, any change of
// protocol, and what can't be sent, such as a field of this hop or a path that does not begin with /.
//
// The body of the answer is bounded by the request's context alone, and by Close of the client, which waits for it: reading it then
// fails with [ErrClosed]. Close it; how fast it is read is not held against the replica, but that it is cut off is. Safe for
// concurrent use; a caller that calls it pays for it, and no check does.
func (c *Client) RoundTripper() http.RoundTripper { return (*roundTripper)(c) }

type roundTripper Client

// RoundTrip sends the request.
func (r *roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	if r.carrier == nil {
		if req.Body != nil {
			_ = req.Body.Close() // as in every case
		}
		return nil, errors.New("ms2: the client is not made yet: send nothing before Attestations.Run")
	}
	resp, err := r.carrier.Forward(req)
	if err != nil {
		return nil, fmt.Errorf("ms2: %w", callError(err))
	}
	return resp, nil
}

// ForwardedStats counts requests that are no checks.
type ForwardedStats struct {
	Requests int64 `json:"requests"` // that were made
	Attempts int64 `json:"attempts"` // HTTP requests for them, and those that probe a replica beside them
	Failed   int64 `json:"failed"`   // that got no answer, or one that was cut off
}

func forwardedStats(sent *delivery.Counters) ForwardedStats {
	f := &sent.Forwarded
	return ForwardedStats{Requests: f.Requests.Load(), Attempts: f.Attempts.Load(), Failed: f.Failed.Load()}
}
