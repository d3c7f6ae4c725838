package attempt

import (
	"errors"
	"fmt"
	"net"
	"net/http"
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

// Next is what may be done after an attempt.
type Next int

// What may be done next.
const (
	Settled Next = iota // every entry that came is the answer; an item without one has none
	Retry               // another replica may know; a stale entry may be answered
	Refused             // asking again or elsewhere is of no use, and a stale entry must not hide it
	Split               // the batch was refused as a whole: its parts may pass
	Learn               // the replica has no batch door: ask it by the single one
	GaveUp              // the callers left, or we close
)

// Reply is what came of an attempt.
type Reply struct {
	Next    Next
	Outcome balancer.Outcome
	Entries []*cache.Entry // one for each item, nil where it got no verdict
	Status  int            // of HTTP, 0 when no answer came
	Err     error          // why entries are missing; nil when none is
	Unasked int            // results for SIDs that were not asked
	Doubt   bool           // the answer made no sense: ask again without the versions that we hold
}

// Fell reports whether the replica failed after it had the request, so that the request may be the reason.
func (r Reply) Fell() bool {
	if r.Outcome.Result != balancer.Failure {
		return false
	}
	var op *net.OpError
	return !(errors.As(r.Err, &op) && op.Op == "dial")
}

var errNoResult = errors.New("the answer holds no result for this SID, or two that differ: MS2 could not answer it")

// failed is a reply for which the replica is to blame.
func failed(status int, err error) Reply {
	return Reply{Next: Retry, Outcome: balancer.Outcome{Result: balancer.Failure}, Status: status, Err: err}
}

// refused is a reply that is no fault of the replica's: another would give the same.
func refused(status int, err error) Reply {
	return Reply{Next: Refused, Status: status, Err: err}
}

// statusReply is the reply for an answer whose status alone decides; the table of section 5, but for 200, 304 and 404.
func statusReply(a *answer) Reply {
	switch status := a.status; {
	case status == http.StatusTooManyRequests,
		status == http.StatusServiceUnavailable && a.header.Get("Retry-After") != "":
		return shed(a)
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return refused(status, fmt.Errorf("not let in (%s): check MS2_TOKEN or MS2_TOKEN_FILE, and what it may do at MS2", a.say()))
	case status >= 400 && status < 500:
		return refused(status, fmt.Errorf("refused (%s)", a.say()))
	case status >= 300 && status < 400 && status != http.StatusNotModified:
		return failed(status, fmt.Errorf("redirected (%s) to %q, which is not followed: name the replicas themselves", a.say(), a.header.Get("Location")))
	default:
		return failed(status, fmt.Errorf("failed (%s)", a.say()))
	}
}

// shed is the reply for a replica that refused for load.
func shed(a *answer) Reply {
	r := failed(a.status, fmt.Errorf("refused for load (%s)", a.say()))
	r.Outcome = balancer.Outcome{Result: balancer.Shed, Rest: retryAfter(a.header.Get("Retry-After"), time.Now())}
	return r
}

// malformed is the reply for an answer that cannot be believed.
func malformed(a *answer, err error) Reply {
	r := failed(a.status, fmt.Errorf("malformed answer (%s): %w", a.say(), err))
	r.Doubt = true
	return r
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
