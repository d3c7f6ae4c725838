package sdk_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// became tells a use from a verdict and the requests for it. Of a stale verdict, and of none, they don't count: they may go
// on behind it.
func became(v sdk.Verdict, err error, requests []asked) use {
	if err != nil {
		return unanswered
	}
	u := v.Origin.String()
	if !v.Valid {
		u = "invalid, " + u
	}
	if v.Origin != sdk.Stale && len(requests) > 0 {
		u += " by " + methodsOf(requests)
	}
	return use(u)
}

func methodsOf(requests []asked) string {
	how := make([]string, len(requests))
	for i, r := range requests {
		if how[i] = "GET"; r.header.Get("If-None-Match") != "" {
			how[i] = "If-None-Match"
		}
	}
	return strings.Join(how, ", ")
}

// origin is an MS2 that knows which version it sent last, and sees that it is asked about no other.
type origin struct {
	t  *testing.T
	mu sync.Mutex

	sent string // guarded by mu
}

// scripted answers by a line of "status | field: value | field: value". Without a status, and by 304, it answers 200, or
// 304 to a request with a version; by 304! always 304. What hangs, is refused or closed never comes.
func (o *origin) scripted(answer string) http.HandlerFunc {
	switch answer {
	case "hang":
		return hang
	case "closed":
		return func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	}
	code, fields, _ := strings.Cut(answer, "|")
	if strings.Contains(code, ":") {
		code, fields = "", answer
	}
	return func(w http.ResponseWriter, r *http.Request) {
		for field := range strings.SplitSeq(fields, "|") {
			if name, value, ok := strings.Cut(strings.TrimSpace(field), ":"); ok {
				w.Header().Add(name, strings.TrimSpace(value))
			}
		}
		o.reply(w, r, o.status(r.Header.Get("If-None-Match"), strings.TrimSpace(code)))
	}
}

// status is the one of an answer to a request with a version, "" for none.
func (o *origin) status(version, code string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	if version != "" && version != o.sent {
		o.t.Errorf("asked about version %s, and %s was sent", version, o.sent)
	}
	code, always := strings.CutSuffix(code, "!")
	switch n, err := strconv.Atoi(code); {
	case err == nil && (n != http.StatusNotModified || always):
		return n
	case version != "":
		return http.StatusNotModified
	}
	return http.StatusOK
}

// reply says with every status what a 200 or a 404 would say: the status alone tells that it is no verdict.
func (o *origin) reply(w http.ResponseWriter, r *http.Request, code int) {
	switch {
	case code == http.StatusOK:
		o.mu.Lock()
		o.sent = w.Header().Get("ETag")
		o.mu.Unlock()
	case code >= 400:
		protocol.WriteProblem(w, protocol.Problem{Status: code, Type: protocol.ProblemUnknownSID, SIDs: []string{itemsOf(r)[0].SID}})
		return
	}
	w.WriteHeader(code)
	w.Write([]byte(`{"sid":"` + itemsOf(r)[0].SID + `"}`)) //nolint:errcheck // a test sees what is missing
}
