package attest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// fetchTimeout is for one request, its body included.
const fetchTimeout = 5 * time.Second

// maxTag is the longest ETag that is kept.
const maxTag = 256

// exchange asks MS2 for the key set.
type exchange struct {
	transport http.RoundTripper
	url       string
}

// answer is what MS2 answered.
type answer struct {
	unchanged bool // the set is the one of the ETag
	body      []byte
	tag       string
	life      time.Duration
	told      bool // the life is MS2's word
}

// ask fetches the set, unless it is still the one of tag. past has caches on the way ask MS2 themselves. A RoundTripper follows no
// redirect.
func (e *exchange) ask(ctx context.Context, tag string, past bool) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.url, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/jwk-set+json, application/json")
	request.Header.Set("Accept-Encoding", "identity") // without the field a server may take any (RFC 9110, 12.5.3)
	if tag != "" {
		request.Header.Set("If-None-Match", tag)
	}
	if past {
		request.Header.Set("Cache-Control", "no-cache")
	}
	response, err := e.transport.RoundTrip(request)
	if err != nil {
		return nil, fmt.Errorf("the key set cannot be fetched: %w", err)
	}
	defer func() { _ = response.Body.Close() }() // it was read, or is of no use
	return read(response, tag != "")
}

// read judges an answer by its status, and reads all of it, so that it counts as complete for the replica.
func read(response *http.Response, conditional bool) (*answer, error) {
	body, err := io.ReadAll(io.LimitReader(response.Body, maxSetBytes+1))
	switch {
	case response.StatusCode == http.StatusNotModified && conditional:
	case response.StatusCode/100 == 3:
		return nil, fmt.Errorf("the key set cannot be fetched: HTTP %d, and redirects are not followed", response.StatusCode)
	case response.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the key set cannot be fetched: HTTP %d", response.StatusCode)
	case len(response.Header.Values("Content-Encoding")) > 0:
		return nil, fmt.Errorf("the key set is encoded by %q: have it sent without Content-Encoding", clip(response.Header.Get("Content-Encoding"), maxWords))
	case err != nil:
		return nil, fmt.Errorf("the key set was cut off: %w", err)
	case len(body) > maxSetBytes:
		return nil, fmt.Errorf("the key set has more than %d KiB", maxSetBytes>>10)
	}
	a := &answer{body: body, tag: response.Header.Get("ETag"), unchanged: response.StatusCode == http.StatusNotModified}
	a.life, a.told = lifetime(response.Header)
	if len(a.tag) > maxTag {
		a.tag = ""
	}
	return a, nil
}
