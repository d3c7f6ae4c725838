package sdk_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// workTime is what a replica that is well takes for a request.
const workTime = 5 * time.Millisecond

// truth calls a SID what its name says, and lets nobody keep that.
func truth(i protocol.Item) protocol.Result { return protocol.Result{Status: truthOf(i.SID)} }

// well answers either door by the truth.
func well() http.HandlerFunc { return after(workTime, answering(truth)) }

// uncached keeps no verdict.
func uncached(cfg *sdk.Config) { cfg.CacheEntries = sdk.Off }

// body is what an answer says beside its status.
type body struct {
	name, contentType string
	of                func(code int, asked []protocol.Item) string
}

func fixed(name, contentType, text string) body {
	return body{name, contentType, func(int, []protocol.Item) string { return text }}
}

var (
	empty  = fixed("empty", "", "")
	blank  = body{"about:blank", protocol.ContentTypeProblem, blankProblem}
	ours   = body{"ours", protocol.ContentTypeProblem, unknownSIDs}
	text   = fixed("text", "text/plain; charset=utf-8", "nothing to be had here\n")
	html   = fixed("HTML", "text/html", "<!doctype html><title>Welcome</title>")
	bodies = []body{empty, text, html, blank, ours}
)

func blankProblem(code int, _ []protocol.Item) string {
	return fmt.Sprintf(`{"type":"about:blank","title":"scripted","status":%d}`, code)
}

// unknownSIDs are problem details that name everything that was asked.
func unknownSIDs(code int, asked []protocol.Item) string {
	p := protocol.Problem{Type: protocol.ProblemUnknownSID, Status: code}
	for _, item := range asked {
		p.SIDs = append(p.SIDs, item.SID)
	}
	text, _ := json.Marshal(p) // strings and numbers alone can't fail
	return string(text)
}

// with answers everything at once with a status and a body.
func with(code int, b body) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", b.contentType)
		w.WriteHeader(code)
		fmt.Fprint(w, b.of(code, itemsOf(r))) //nolint:errcheck // a test sees what is missing
	}
}

// unequal is a fleet without a wire, for tests of thousands of fleets: the replica "bad" answers everything at once with a status
// and a body, all others by the truth.
type unequal struct {
	code     int
	body     body
	all, bad atomic.Int64 // requests
}

// RoundTrip answers as the replica that the request is for.
func (u *unequal) RoundTrip(r *http.Request) (*http.Response, error) {
	items, err := askedBy(r)
	if err != nil {
		return nil, err
	}
	u.all.Add(1)
	if r.URL.Host == "bad:80" {
		u.bad.Add(1)
		return httpAnswer(u.code, http.Header{"Content-Type": {u.body.contentType}}, []byte(u.body.of(u.code, items))), nil
	}
	select {
	case <-time.After(workTime):
		return truly(r.Method, items), nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

func askedBy(r *http.Request) ([]protocol.Item, error) {
	if sid, single := strings.CutPrefix(r.URL.Path, "/v1/sids/"); single {
		return []protocol.Item{{SID: sid}}, nil
	}
	asked, err := protocol.DecodeRequest(r.Body)
	return asked.Items, err
}

// truly answers either door by the truth.
func truly(method string, items []protocol.Item) *http.Response {
	switch {
	case method == http.MethodPost:
		var response protocol.Response
		for _, item := range items {
			response.Results = append(response.Results, protocol.Result{SID: item.SID, Status: truthOf(item.SID)})
		}
		return httpAnswer(http.StatusOK, nil, protocol.AppendResponse(nil, response))
	case truthOf(items[0].SID) == protocol.StatusValid:
		return httpAnswer(http.StatusOK, nil, []byte(`{"sid":"`+items[0].SID+`"}`))
	}
	return httpAnswer(http.StatusNotFound, nil, []byte(unknownSIDs(http.StatusNotFound, items)))
}
