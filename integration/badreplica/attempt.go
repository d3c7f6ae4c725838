package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// attemptLimit is how long an attempt of the peers may take, as one of ours.
const attemptLimit = 500 * time.Millisecond

// whole bounds an attempt and reads all of its answer, so that a peer which tries again on errors does so when a body breaks
// off. It stands in for http.Client.Timeout, which httplb, changing requests on their way, has a data race with.
type whole struct{ next http.RoundTripper }

// RoundTrip is http.RoundTripper's.
func (w whole) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(r.Context(), attemptLimit)
	defer cancel()
	answer, err := w.next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	body, err := bodyOf(answer)
	if err != nil {
		return nil, err
	}
	return withBody(answer, body), nil
}

var errTooLong = errors.New("the body is too long")

// bodyOf reads all of the body and closes it.
func bodyOf(answer *http.Response) ([]byte, error) {
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, protocol.MaxResponseBytes+1))
	if err == nil && len(body) > protocol.MaxResponseBytes {
		err = errTooLong
	}
	return body, err
}

// withBody makes the body readable once more.
func withBody(answer *http.Response, body []byte) *http.Response {
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer
}
