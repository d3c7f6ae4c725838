// Package attach sends MS2's attestations along with requests that name SIDs, so that who gets them need not ask MS2.
//
// It can only spare requests. Nothing that it does makes a SID genuine: MS1 verifies each attestation by itself, and asks MS2 about
// each SID that has none. So whatever goes wrong here is no error of the request, which goes on with fewer attestations.
package attach

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// Options say where the SIDs are. A zero field means its default.
type Options struct {
	// SIDs are JSON pointers (RFC 6901) to SIDs in a body, with * for each element of an array: see [Default]. nil: none.
	SIDs []string

	// MaxBody is the largest body that is read, in bytes. A larger one goes on without attestations. 0: 1 MiB.
	MaxBody int64

	// Patience is how long a request waits for attestations at most. 0: 500 ms.
	Patience time.Duration
}

// Default is where the SIDs of an order are.
var Default = []string{"/lines/*/product/sid", "/lines/*/vendor/sid"}

// Attacher attaches. Make it by [New]. Safe for concurrent use.
type Attacher struct {
	pages    http.RoundTripper
	sids     []pointer
	maxBody  int64
	patience time.Duration
	attached atomic.Int64
}

// New returns an Attacher that gets attestations from MS2's pages, as pages brings them: through a cache. The error names each pointer
// that is none.
func New(pages http.RoundTripper, o Options) (*Attacher, error) {
	sids, err := parsePointers(o.SIDs)
	if err != nil {
		return nil, fmt.Errorf("attach: %w", err)
	}
	if pages == nil || o.MaxBody < 0 || o.Patience < 0 {
		return nil, errors.New("attach: hand in a round tripper, and no number below 0")
	}
	a := &Attacher{pages: pages, sids: sids, maxBody: o.MaxBody, patience: o.Patience}
	if a.maxBody == 0 {
		a.maxBody = 1 << 20
	}
	if a.patience == 0 {
		a.patience = 500 * time.Millisecond
	}
	return a, nil
}

// Attached is how many attestations it has attached since it was made.
func (a *Attacher) Attached() int64 { return a.attached.Load() }

// Attach reads the body of out, a request that is about to be sent, and sets the header MS2-Attestation to the attestations of the SIDs
// in it, or removes it where there are none. The body of out is what it was. Requests other than POST get none.
func (a *Attacher) Attach(out *http.Request) {
	out.Header.Del(protocol.HeaderAttestation)
	if out.Method != http.MethodPost || out.Body == nil || len(a.sids) == 0 {
		return
	}
	body, whole := a.read(out)
	if !whole {
		return
	}
	tokens := a.tokens(out.Context(), a.find(body))
	for _, token := range tokens { // a field each: some proxies take a field for one token
		out.Header.Add(protocol.HeaderAttestation, token)
	}
	a.attached.Add(int64(len(tokens)))
}

// read takes the body of out whole and puts it back. One that is too large or cut off it puts back as it came, and returns false.
func (a *Attacher) read(out *http.Request) ([]byte, bool) {
	body, err := io.ReadAll(io.LimitReader(out.Body, a.maxBody+1))
	if err != nil || int64(len(body)) > a.maxBody {
		out.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(body), out.Body), out.Body}
		return nil, false
	}
	_ = out.Body.Close() // it was read to its end
	again := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	out.Body, _ = again()
	if !keyed(out.Header) {
		out.GetBody = again // for a connection that closes before anything is written
	}
	out.ContentLength, out.TransferEncoding = int64(len(body)), nil
	return body, true
}

// keyed reports whether [http.Transport] takes a POST for one that may be sent twice, when it can have its body again. That is for
// the service to say, and MS1 would store the order twice.
func keyed(h http.Header) bool {
	return len(h.Values("Idempotency-Key")) > 0 || len(h.Values("X-Idempotency-Key")) > 0
}

// find returns the SIDs in a body, each once and no more than a header has room for. Of what is no JSON there are none.
func (a *Attacher) find(body []byte) []string {
	var value any
	if json.Unmarshal(body, &value) != nil {
		return nil
	}
	var sids []string
	for _, p := range a.sids {
		p.each(value, func(sid string) {
			if len(sids) < protocol.MaxAttestations && protocol.CheckSID(sid) == nil && !slices.Contains(sids, sid) {
				sids = append(sids, sid)
			}
		})
	}
	return sids
}
