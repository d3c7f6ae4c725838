package middleware

import (
	"net/http"
	"time"

	"ms2.internal/lb/sdk"
)

// Checked is one SID of a request, and what MS2 says of it.
type Checked struct {
	Place
	sdk.Verdict
}

// judge checks all that was found in one go.
func (g *gate) judge(r *http.Request, f *findings) ([]Checked, *Refusal) {
	subject := ""
	if g.o.Subject != nil {
		subject = g.o.Subject(r)
	}
	user := g.userOf(r, subject)
	checks, places := f.checks()
	cost, bad := len(checks)+len(f.tokens), 0
	if wait := g.o.Limit.begin(user, cost); wait > 0 {
		return nil, tooMany(wait)
	}
	defer func() { g.o.Limit.end(user, cost, bad) }()
	answers, err := g.ask(r.Context(), checks, g.options(f.tokens, subject))
	if err != nil {
		g.broken(r, err)
		return nil, &Refusal{Status: http.StatusInternalServerError, Err: err}
	}
	bad = f.bad(answers)
	return f.sort(answers, places)
}

func tooMany(wait time.Duration) *Refusal {
	return &Refusal{Status: http.StatusTooManyRequests, Detail: "too many SIDs or attestations of yours were bad", RetryAfter: wait}
}

// checks returns the different checks of what was found, and for each sighting which one is its own.
func (f *findings) checks() (checks []sdk.Check, places []int) {
	checks = make([]sdk.Check, 0, len(f.found))
	known := make(map[sdk.Check]int, len(f.found))
	places = make([]int, len(f.found))
	for i, s := range f.found {
		check := sdk.Check{SID: s.sid, Version: s.version, Kind: s.field.kind}
		at, ok := known[check]
		if !ok {
			at = len(checks)
			known[check] = at
			checks = append(checks, check)
		}
		places[i] = at
	}
	return checks, places
}

// bad is how many bad answers the user pays for: where an attestation was forged, the others had to be verified as well.
func (f *findings) bad(answers []answer) (n int) {
	forged := false
	for _, a := range answers {
		forged = forged || a.forged
		if a.bad != "" {
			n++
		}
	}
	if forged {
		n += len(f.tokens)
	}
	return n
}

// sort returns the verdicts of all that was found, or what keeps the request from passing. What will never pass comes first.
func (f *findings) sort(answers []answer, places []int) ([]Checked, *Refusal) {
	passed := make([]Checked, 0, len(f.found))
	var never, later Faults
	for i, s := range f.found {
		a := answers[places[i]]
		switch {
		case a.bad != "":
			never = append(never, Fault{s.Place, clip(s.sid, 80), a.bad, a.err})
		case a.unknown != "":
			later = append(later, Fault{s.Place, clip(s.sid, 80), a.unknown, a.err})
		default:
			passed = append(passed, Checked{s.Place, a.verdict})
		}
	}
	switch {
	case never != nil:
		return nil, bad(never)
	case later != nil:
		return nil, unchecked(later)
	}
	return passed, nil
}
