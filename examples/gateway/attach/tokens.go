package attach

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"sync"

	"ms2.internal/lb/sdk/protocol"
)

// tokens gets an attestation for each SID, all at once, and returns those that came in time and that a header has room for.
func (a *Attacher) tokens(ctx context.Context, sids []string) []string {
	ctx, cancel := context.WithTimeout(ctx, a.patience)
	defer cancel()
	got := make([]string, len(sids))
	var all sync.WaitGroup
	for i, sid := range sids {
		all.Go(func() { got[i] = a.token(ctx, sid) })
	}
	all.Wait()
	var tokens []string
	room := protocol.MaxAttestationHeader + 1 // the first has no comma before it
	for _, token := range got {
		if token != "" && len(token)+1 <= room {
			tokens, room = append(tokens, token), room-len(token)-1
		}
	}
	return tokens
}

// token gets the attestation of one SID, for nobody in particular; "" when there is none.
func (a *Attacher) token(ctx context.Context, sid string) string {
	page := "http://ms2/v1/entities/" + url.PathEscape(sid) + "?attest=1" // the client puts a replica in the place of ms2
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return ""
	}
	resp, err := a.pages.RoundTrip(req)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, protocol.MaxRequestBytes) // a connection that was read to the end is used again
	if resp.StatusCode != http.StatusOK {
		return ""
	}
	tokens, err := protocol.Attestations(resp.Header)
	if err != nil || len(tokens) != 1 {
		return ""
	}
	return tokens[0]
}
