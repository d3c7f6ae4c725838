package attach_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"ms2.internal/lb/examples/gateway/attach"
	"ms2.internal/lb/sdk/protocol"
)

// ms2 attests SIDs by a text that names them.
type ms2 struct {
	mu     sync.Mutex
	asked  []string
	answer func(sid string) (*http.Response, error)
}

func (m *ms2) RoundTrip(req *http.Request) (*http.Response, error) {
	sid := strings.TrimPrefix(req.URL.Path, "/v1/entities/")
	m.mu.Lock()
	m.asked = append(m.asked, req.URL.RequestURI())
	m.mu.Unlock()
	if len(req.Header) != 0 || req.Method != http.MethodGet {
		return nil, fmt.Errorf("asked for somebody: %s %v", req.Method, req.Header)
	}
	if m.answer != nil {
		return m.answer(sid)
	}
	return page(200, "for "+sid), nil
}

func page(status int, attestation string) *http.Response {
	h := http.Header{}
	if attestation != "" {
		h.Set(protocol.HeaderAttestation, attestation)
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader("{}"))}
}

func newAttacher(t *testing.T, m http.RoundTripper, o attach.Options) *attach.Attacher {
	t.Helper()
	if o.SIDs == nil {
		o.SIDs = attach.Default
	}
	a, err := attach.New(m, o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// order is a request with this body, as it is sent on.
func order(t *testing.T, body io.Reader) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://ms1/orders", body)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// attached is what Attach sets for a body, in order of the alphabet. The body has to stay as it was.
func attached(t *testing.T, a *attach.Attacher, body string) []string {
	t.Helper()
	out := order(t, io.NopCloser(strings.NewReader(body))) // of unknown length
	a.Attach(out)
	if got, err := io.ReadAll(out.Body); string(got) != body || err != nil || out.ContentLength != int64(len(body)) {
		t.Errorf("the body is %q, %v, of %d bytes", got, err, out.ContentLength)
	}
	tokens, err := protocol.Attestations(out.Header)
	if err != nil {
		t.Error(err)
	}
	slices.Sort(tokens)
	return tokens
}
