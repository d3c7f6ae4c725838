package attempt

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/protocol"
)

// Item is one check of an attempt.
type Item struct {
	SID   string
	Held  *cache.Entry // what we believe so far, to be revalidated; nil for nothing
	Fresh bool         // an answer requested from now on is wanted, and not a cache's on the way
}

// Next is what may be done for the items that an attempt left without an entry.
type Next int

// What may be done next.
const (
	Settled Next = iota // nothing: every item has its entry
	Retry               // another replica may know; a stale entry may be answered
	Refused             // the replica answered, and no verdict: what others say decides whether that stands
	Learn               // the replica has no batch door: ask it by the single one
	Confirm             // a bare 404 may mean what the entry says: see [Sender.Confirm]
	GaveUp              // the callers left, or we close
	Faulted             // code of the adopter's failed, whatever the replica
)

// Reply is what came of an attempt.
type Reply struct {
	Next    Next
	Outcome balancer.Outcome
	Entries []*cache.Entry // one for each item, nil where it got no verdict; nil for none at all
	Status  int            // of HTTP, 0 when no answer came
	Door    cache.Door     // that was asked
	Err     error          // why entries are missing; nil when none is
	Fault   Fault          // the kind of a failure
	Cause   Cause          // what went wrong; "" where Err is nil, or says nothing of the replica or the adopter's code
	Skipped bool           // nothing was sent, whatever the replica
	Named   []bool         // the items that a refusal names, when it names some; nil when it names none
	Bare    bool           // the refusal is a 404 or 410 that may be the SID's own
	Alone   bool           // the refusal hangs on what this replica called valid before: what others refused says nothing of it
	Renewed bool           // the token was refused, and another one is in use since
	Unasked int            // results for SIDs that were not asked
	Doubt   bool           // the answer made no sense: ask again without the versions that we hold

	words string // of [Reply.Summary] where no whole answer came
}

// Fell reports whether the replica failed after it had the request, so that the request may be the reason.
func (r Reply) Fell() bool {
	return r.Outcome.Result == balancer.Failure && r.Fault != TLS && !isDial(r.Err)
}

// Summary says what went wrong in words of ours, "" for nothing: it holds no SID, no token, no path of a URL, and nothing that MS2 or code
// of the adopter's said.
func (r Reply) Summary() string {
	switch {
	case r.Err == nil:
		return ""
	case r.words != "":
		return r.words
	case r.Status == 0:
		return otherWords(r.Err)
	case r.Cause == CauseNoResult:
		return "HTTP 200 without the results that were asked for"
	case r.Cause == CauseMalformed:
		return fmt.Sprintf("HTTP %d that makes no sense", r.Status)
	case r.Cause == CauseRedirect:
		return fmt.Sprintf("HTTP %d that points elsewhere", r.Status)
	}
	return fmt.Sprintf("HTTP %d", r.Status)
}

// NamesSome reports whether a refusal names some of the items, and not all.
func (r Reply) NamesSome() bool { return slices.Contains(r.Named, false) }

var errNoResult = errors.New("the answer holds no result for this SID, or two that differ: MS2 could not answer it")

// failed is a reply for which the replica is to blame, whatever others do.
func failed(status int, cause Cause, err error) Reply {
	return Reply{Next: Retry, Outcome: balancer.Outcome{Result: balancer.Failure}, Status: status, Fault: cause.fault(), Cause: cause, Err: err}
}

// refused is a reply for which the replica is to blame if others answer.
func refused(status int, err error) Reply {
	return Reply{Next: Refused, Outcome: balancer.Outcome{Result: balancer.Refused}, Status: status, Cause: refusalCause(status), Err: err}
}

func refusalCause(status int) Cause {
	switch status {
	case http.StatusUnauthorized:
		return CauseToken
	case http.StatusForbidden:
		return CauseForbidden
	}
	return CauseRefused
}

// statusReply is the reply for an answer whose status alone decides; the table in the package's comment, but for 200, 304,
// 404 and 410.
func statusReply(a *answer) Reply {
	switch status := a.status; {
	case status == http.StatusTooManyRequests,
		status == http.StatusServiceUnavailable && a.header.Get("Retry-After") != "":
		return shed(a)
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		r := refused(status, fmt.Errorf("not let in (%s): check MS2_TOKEN or MS2_TOKEN_FILE, and what it may do at MS2", a.say()))
		r.Renewed = a.renewed
		return r
	case a.wantsTLS():
		return wrongScheme(a)
	case slices.Contains(repeatable, status):
		return failed(status, CauseStatus, fmt.Errorf("failed (%s)", a.say()))
	case status >= 400 && status < 500:
		return refused(status, fmt.Errorf("refused (%s)", a.say()))
	case status >= 300 && status < 400 && status != http.StatusNotModified:
		return failed(status, CauseRedirect, fmt.Errorf("redirected (%s) to %q, which is not followed: name the replicas themselves", a.say(), a.header.Get("Location")))
	case status == http.StatusGatewayTimeout && time.Since(a.asked) >= a.told:
		return Reply{Next: Retry, Status: status, Fault: Timeout, Cause: CauseTimeout, Err: fmt.Errorf("no answer in the time that it was told (%s)", a.say())}
	}
	return failed(a.status, CauseStatus, fmt.Errorf("failed (%s)", a.say()))
}

// repeatable are the statuses below 500 that RFC 9110 (15.5.9, 15.5.20) and RFC 8470 let a client repeat: they are of this
// connection or this moment, and not of the request.
var repeatable = []int{http.StatusRequestTimeout, http.StatusMisdirectedRequest, http.StatusTooEarly}

// shed is the reply for a replica that refused for load.
func shed(a *answer) Reply {
	r := failed(a.status, CauseShed, fmt.Errorf("refused for load (%s)", a.say()))
	r.Outcome = balancer.Outcome{Result: balancer.Shed, Rest: retryAfter(a.header.Get("Retry-After"), time.Now())}
	return r
}

// malformed is the reply for an answer that cannot be believed.
func malformed(a *answer, err error) Reply {
	r := failed(a.status, CauseMalformed, fmt.Errorf("malformed answer (%s): %w", a.say(), err))
	r.Doubt = true
	return r
}

// leftOut is the reply for an answer that lacks the verdicts of some items, or of all.
func leftOut(r Reply) Reply {
	missing := 0
	for _, e := range r.Entries {
		if e == nil {
			missing++
		}
	}
	if missing == 0 {
		return r
	}
	r.Next, r.Err, r.Cause, r.Outcome = Refused, errNoResult, CauseNoResult, lacking(missing, len(r.Entries))
	if missing == len(r.Entries) {
		r.Entries = nil
	}
	return r
}

// lacking is the outcome of an answer that lacks so many of the verdicts: a success but for that part, or a refusal.
func lacking(missing, all int) balancer.Outcome {
	if missing == all {
		return balancer.Outcome{Result: balancer.Refused}
	}
	return balancer.Outcome{Result: balancer.Success, Missing: float64(missing) / float64(all)}
}

// say describes an answer for an error: its status, and the texts of its problem details.
func (a *answer) say() string {
	text := fmt.Sprintf("HTTP %d", a.status)
	if p, err := protocol.DecodeProblem(a.body); err == nil {
		for _, part := range []string{p.Title, p.Detail} {
			if part != "" {
				text += ", " + clip(part)
			}
		}
	}
	return text
}

// clip bounds what a replica may put into our errors.
func clip(s string) string {
	const most = 200
	if len(s) > most {
		return fmt.Sprintf("%.*q…", most, s)
	}
	return fmt.Sprintf("%q", s)
}
