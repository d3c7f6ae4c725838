package ways

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"ms2.internal/lb/examples/login"
	"ms2.internal/lb/sdk/protocol"
)

// posting is an order as it is sent: it is written before the clock runs.
type posting struct {
	draft
	body   []byte
	tokens string // the field MS2-Attestation; "" for none
}

func newPosting(d draft) (posting, error) {
	body, err := json.Marshal(d.Order)
	return posting{draft: d, body: body}, err
}

// newAttestedPosting sends the attestations of an order in the header, each once, where they are read for less than in the body.
func newAttestedPosting(d draft) (posting, error) {
	var tokens []string
	take := func(token *string) {
		if *token != "" && !slices.Contains(tokens, *token) {
			tokens = append(tokens, *token)
		}
		*token = ""
	}
	d.Lines = slices.Clone(d.Lines)
	for i := range d.Lines {
		take(&d.Lines[i].Product.Attestation)
		take(&d.Lines[i].Vendor.Attestation)
	}
	p, err := newPosting(d)
	p.tokens = strings.Join(tokens, ",")
	return p, err
}

// unfinished is the order without quantities: it is refused once its SIDs are checked.
func (p posting) unfinished() (posting, error) {
	p.Lines = slices.Clone(p.Lines)
	for i := range p.Lines {
		p.Lines[i].Quantity = 0
	}
	body, err := json.Marshal(p.Order)
	p.body = body
	return p, err
}

// outcome is what became of an order.
type outcome int

// The outcomes.
const (
	right     outcome = iota // accepted or refused, as it should be
	wrong                    // the other way around, or another SID was blamed
	unchecked                // MS1 could not check it
	broken                   // no answer that makes sense
	outcomes                 // how many there are
)

// patience is how long an answer may take.
const patience = 10 * time.Second

// newClient is one of many browsers.
func newClient() *http.Client {
	return &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 100, DisableCompression: true}}
}

// post sends an order to a host:port and judges the answer. Where it is not right, words tell what happened.
func (p posting) post(ctx context.Context, client *http.Client, addr string) (o outcome, words string) {
	status, text, err := p.send(ctx, client, addr)
	if err != nil {
		return broken, err.Error()
	}
	if o = p.judge(status, text); o != right {
		words = fmt.Sprintf("an order with %s was answered %d %s", p.bad.describe(p.sid), status, bytes.TrimSpace(text))
	}
	return o, words
}

func (p posting) send(ctx context.Context, client *http.Client, addr string) (status int, answer []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+"/orders", bytes.NewReader(p.body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(login.Header, p.user)
	if p.tokens != "" {
		request.Header.Set(protocol.HeaderAttestation, p.tokens)
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(response.Body)
	return response.StatusCode, answer, err
}

// judge holds an answer against what is known of the order.
func (p posting) judge(status int, text []byte) outcome {
	switch status {
	case http.StatusCreated:
		if p.bad != genuine {
			return wrong
		}
		return right
	case http.StatusUnprocessableEntity:
		if p.bad == genuine || !p.blamed(text) {
			return wrong
		}
		return right
	case http.StatusServiceUnavailable:
		return unchecked
	}
	return broken
}

// besideForged is how MS1 names a SID that has no attestation of its own, in an order with a forged one.
const besideForged = "came with a forged attestation"

// blamed reports whether an answer names the bad SID and no other, but for those beside a forged attestation.
func (p posting) blamed(text []byte) bool {
	var problem struct {
		Errors []struct{ SID, Detail string }
	}
	if json.Unmarshal(text, &problem) != nil {
		return false
	}
	named := false
	for _, e := range problem.Errors {
		if e.SID != p.sid && e.Detail != besideForged {
			return false
		}
		named = named || e.SID == p.sid
	}
	return named
}
