package attest

import (
	"slices"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// judge holds claims that MS2 signed against what this service wants, and returns until when they are believed.
func (v *Verifier) judge(c protocol.Claims, subject string, now time.Time) (end time.Time, why reason) {
	switch {
	case c.Issuer != v.options.Issuer:
		return end, badIssuer
	case c.Audience != v.options.Audience:
		return end, badAudience
	}
	if end, why = v.times(c, now.Round(0)); why != accepted {
		return end, why
	}
	return end, v.bound(c, subject)
}

// times returns when the claims end: at exp, or MaxLife after they were issued. A token from ahead of our clock is younger than it
// says, so its life counts from now; the skew that allows it adds nothing.
func (v *Verifier) times(c protocol.Claims, now time.Time) (end time.Time, why reason) {
	issued, end := time.Unix(c.Issued, 0), time.Unix(c.Expires, 0)
	switch {
	case c.Expires <= c.Issued:
		return end, badTimes
	case issued.After(now.Add(v.options.Skew)):
		return end, inFuture
	}
	from := issued
	if now.Before(issued) {
		from = now
	}
	if most := from.Add(v.options.MaxLife); most.Before(end) {
		end = most
	}
	if !now.Before(end) {
		return end, expired
	}
	return end, accepted
}

// bound compares whom the claims are for.
func (v *Verifier) bound(c protocol.Claims, subject string) reason {
	switch {
	case c.Binding == "" && v.options.RequireBinding:
		return unbound
	case c.Binding == "":
		return accepted
	case subject == "" || len(subject) > protocol.MaxSubjectBytes || !v.boundTo(c.Binding, subject):
		return badSubject
	}
	return accepted
}

// boundTo reports whether a binding is to subject, by any of the peppers.
func (v *Verifier) boundTo(binding, subject string) bool {
	return slices.ContainsFunc(v.digests, func(digest func(string) string) bool { return digest(subject) == binding })
}

// attestation is what claims that count say.
func (v *Verifier) attestation(c protocol.Claims, end time.Time) sdk.Attestation {
	issued := time.Unix(c.Issued, 0)
	return sdk.Attestation{Items: c.Items, Issued: issued, Since: issued.Add(-v.options.Skew), Expires: end}
}
