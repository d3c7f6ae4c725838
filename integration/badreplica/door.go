package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"ms2.internal/lb/sdk/protocol"
)

// door is how the peers ask for one SID: what a request is, and what its answer says.
type door struct{ single, bare404 bool }

func (k kind) door() door { return door{k.single, k.bare404} }

// request asks a host for a SID.
func (d door) request(ctx context.Context, host, sid string) (*http.Request, error) {
	if d.single {
		return http.NewRequestWithContext(ctx, http.MethodGet, "http://"+host+strings.Replace(protocol.PathSingle, "{sid}", sid, 1), nil)
	}
	body := protocol.AppendRequest(nil, []protocol.Item{{SID: sid}})
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+host+protocol.PathBatch, bytes.NewReader(body))
	if err == nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return r, err
}

var errNoVerdict = errors.New("no verdict")

// verdict reads an answer as a careful adopter does: what names the SID is a verdict, all else an error.
func (d door) verdict(answer *http.Response, sid string) (valid bool, err error) {
	body, err := bodyOf(answer)
	switch {
	case err != nil:
		return false, err
	case d.single && answer.StatusCode == http.StatusNotFound && d.unknown(body, sid):
		return false, nil
	case answer.StatusCode != http.StatusOK:
		return false, fmt.Errorf("%w: %s", errNoVerdict, answer.Status)
	case d.single:
		return named(body, sid)
	}
	return resultFor(body, sid)
}

// unknown reports whether a 404 calls the SID invalid.
func (d door) unknown(body []byte, sid string) bool {
	p, err := protocol.DecodeProblem(body)
	return d.bare404 || err == nil && p.Type == protocol.ProblemUnknownSID && slices.Contains(p.SIDs, sid)
}

// named reads a 200 of the single door.
func named(body []byte, sid string) (valid bool, err error) {
	var entity struct{ SID string }
	if json.Unmarshal(body, &entity) != nil || entity.SID != sid {
		return false, fmt.Errorf("%w: a body that does not name the SID", errNoVerdict)
	}
	return true, nil
}

// resultFor reads a 200 of the batch door.
func resultFor(body []byte, sid string) (valid bool, err error) {
	response, err := protocol.DecodeResponse(body)
	if err != nil {
		return false, fmt.Errorf("%w: %w", errNoVerdict, err)
	}
	for _, r := range response.Results {
		if r.SID == sid {
			return r.Status == protocol.StatusValid, nil
		}
	}
	return false, fmt.Errorf("%w: no result for the SID", errNoVerdict)
}
