package sdk_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// The rules of RFC 9111 and RFC 5861 that a private cache has to keep, by the single door. Each case has the section of its
// rule in its name (of RFC 9111, where no other is named) and stands in the file of its theme.

// step is a check of one SID, some time after the one before.
type step struct {
	wait   time.Duration
	answer string // of MS2 if it is asked now, see scripted
	want   use
	opts   []sdk.CheckOption
}

// use is what became of a check: where its verdict came from, and how MS2 was asked for it.
type use string

const (
	cached      use = "cached"                 // MS2 was not asked
	fetched     use = "fresh by GET"           // it was, without a version
	revalidated use = "fresh by If-None-Match" // it was, with the version held
	staleUsed   use = "stale"                  // while MS2 is asked behind, or could not be
	failed      use = "an error"
)

// rule is the commonest case: a first answer, and how the check after it is answered once some time has passed.
type rule struct {
	name   string
	answer string
	wait   time.Duration
	want   use
}

func (r rule) steps() []step { return []step{{0, r.answer, fetched, nil}, {r.wait, "", r.want, nil}} }

func rules(t *testing.T, table []rule, changes ...func(*sdk.Config)) {
	t.Helper()
	for _, r := range table {
		t.Run(r.name, func(t *testing.T) { follow(t, r.steps(), changes...) })
	}
}

// follow makes the checks in turn, each against what MS2 answers then.
func follow(t *testing.T, steps []step, changes ...func(*sdk.Config)) {
	t.Helper()
	inBubble(t, func(t *testing.T, f *fleet) {
		a := newAsker(t, f, changes...)
		for i, s := range steps {
			a.check(i, s)
		}
	}, "a")
}

// asker checks one SID by the single door of a lone replica.
type asker struct {
	t       *testing.T
	replica *replica
	client  *sdk.Client
	origin  *origin
}

func newAsker(t *testing.T, f *fleet, changes ...func(*sdk.Config)) *asker {
	c := f.client(append(changes, func(cfg *sdk.Config) { cfg.Protocol = "single" })...)
	return &asker{t, f.replicas["a"], c, &origin{t: t}}
}

// check makes the i-th check, counted from 0.
func (a *asker) check(i int, s step) {
	a.t.Helper()
	<-time.After(s.wait)
	a.replica.answer(a.origin.scripted(s.answer))
	a.replica.listener.SetDown(s.answer == "refused")
	before := len(a.replica.requests())
	v, err := a.client.Validate(a.t.Context(), "a", s.opts...)
	if got := became(v, err, a.replica.requests()[before:]); got != s.want {
		a.t.Errorf("check %d: %s (%v), want %s", i+1, got, err, s.want)
	}
	synctest.Wait()
}

// became tells a use from a verdict and the requests for it. Of a stale verdict, and of none, they don't count: they may go
// on behind it.
func became(v sdk.Verdict, err error, requests []asked) use {
	if err != nil {
		return failed
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
// 304 to a request with a version; by 304! always 304. What hangs or is refused never comes.
func (o *origin) scripted(answer string) http.HandlerFunc {
	if answer == "hang" {
		return hang
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

func (o *origin) reply(w http.ResponseWriter, r *http.Request, code int) {
	switch code {
	case http.StatusOK:
		o.mu.Lock()
		defer o.mu.Unlock()
		o.sent = w.Header().Get("ETag")
		w.Write([]byte(`{"sid":"` + itemsOf(r)[0].SID + `"}`)) //nolint:errcheck // a test sees what is missing
	case http.StatusNotFound:
		protocol.WriteProblem(w, protocol.Problem{Status: code, Type: protocol.ProblemUnknownSID})
	default:
		w.WriteHeader(code)
	}
}
