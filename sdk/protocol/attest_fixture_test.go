package protocol_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"ms2.internal/lb/sdk/protocol"
)

// notary is an Attester whose attestations say in plain text what they attest. It is told what was signed.
type notary struct {
	most int                                                // SIDs that one attestation has room for; 0: as many as it may have
	sign func(items []protocol.Attested) (string, error)    // instead of plain text; nil: plain text
	pad  int                                                // to what length an attestation is filled up
	keys func(w http.ResponseWriter, request *http.Request) // nil: an empty set

	mu     sync.Mutex
	signed [][]protocol.Attested
}

func (n *notary) Sign(subject string, items ...protocol.Attested) (string, error) {
	n.mu.Lock()
	n.signed = append(n.signed, slices.Clone(items))
	n.mu.Unlock()
	if n.most > 0 && len(items) > n.most {
		return "", fmt.Errorf("notary: %w", protocol.ErrAttestationTooLarge)
	}
	if n.sign != nil {
		return n.sign(items)
	}
	token := plain(subject, items...)
	return token + strings.Repeat(".", max(n.pad-len(token), 0)), nil
}

// plain is a notary's attestation.
func plain(subject string, items ...protocol.Attested) string {
	var b strings.Builder
	fmt.Fprintf(&b, "for(%s)", subject)
	for _, item := range items {
		fmt.Fprintf(&b, ";%s=%s/%s", item.SID, item.Kind, item.Version)
	}
	return b.String()
}

func (n *notary) Keys() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.keys != nil {
			n.keys(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/jwk-set+json")
		_, _ = io.WriteString(w, `{"ms2_issuer":"ms2","keys":[]}`)
	})
}

// decoded returns what a batch was answered.
func decoded(t *testing.T, response *http.Response) protocol.Response {
	t.Helper()
	body := bodyOf(t, response)
	got, err := protocol.DecodeResponse([]byte(body))
	if response.StatusCode != http.StatusOK || err != nil {
		t.Fatalf("got %d %s, %v", response.StatusCode, body, err)
	}
	return got
}

// sidsOf returns the SIDs of plain attestations, in their order.
func sidsOf(tokens []string) (sids []string) {
	for _, token := range tokens {
		for _, item := range strings.Split(strings.TrimRight(token, "."), ";")[1:] {
			sid, _, _ := strings.Cut(item, "=")
			sids = append(sids, sid)
		}
	}
	return sids
}
