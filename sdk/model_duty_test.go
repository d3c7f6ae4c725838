package sdk_test

import (
	"fmt"
	"slices"
	"time"

	"ms2.internal/lb/sdk"
)

// What the client owes: a hit where one is possible, and no request then.

// held is the answer that the client must hold at a time; false when there is none, or none that is certain.
func (o *oracle) held(at time.Duration) (answer, bool) {
	var newest answer
	for _, a := range o.answers {
		if a.ended.at <= at && (newest.request == nil || a.sent.n > newest.sent.n) {
			newest = a
		}
	}
	if newest.request == nil || newest.vague || newest.ended.at == at || o.hasTwin(newest) || !o.kept(newest, at) {
		return newest, false
	}
	return newest, true
}

// hasTwin says that another answer was asked for at the same instant, so that neither is the newer.
func (o *oracle) hasTwin(a answer) bool {
	return slices.ContainsFunc(o.answers, func(b answer) bool { return b.request != a.request && b.sent.at == a.sent.at })
}

// kept says that nothing told the client to drop an answer: it was not forgotten, nor asked again while it was on its way.
func (o *oracle) kept(a answer, at time.Duration) bool {
	if o.plan.uncached || o.plan.rough {
		return false
	}
	from := a.sent.at - a.aged
	if slices.ContainsFunc(o.requests, func(r *request) bool {
		return r.told[o.sid].outcome != answered && r.sent.n < a.sent.n && r.ended.at > from-memory
	}) {
		from -= memory // it was asked repeatedly, or in parts
	}
	forgotten := o.forgettings
	if a.aged > 0 { // what a cache on the way had before a SID was forgotten that shares a place with this one is not kept either
		forgotten = o.allForgettings
	}
	for _, f := range forgotten {
		if f.ended.at >= from && f.began.at <= at {
			return false
		}
	}
	return !slices.ContainsFunc(o.checks, func(c *checked) bool {
		narrow := c.noCache || c.limit > 0 || c.version != ""
		return narrow && !o.brought(a, c) && c.began.at <= a.ended.at && c.ended.at >= from
	})
}

// brought says that the check's fresh verdict is this answer, and no other.
func (o *oracle) brought(a answer, c *checked) bool {
	return c.err == nil && c.verdict.Origin == sdk.Fresh && a.is(c.verdict, o.began) &&
		!slices.ContainsFunc(o.answers, func(b answer) bool { return b.request != a.request && b.is(c.verdict, o.began) })
}

// judgeHit says that a check was not answered at once, though it had to be.
func (o *oracle) judgeHit(c *checked) error {
	a, ok := o.held(c.began.at)
	age := c.began.at - a.sentAt()
	if !ok || c.noCache || c.limit > 0 && age+a.aged > c.limit || c.version != "" && c.version != a.version {
		return nil
	}
	origin := c.verdict.Origin
	switch at := fmt.Sprintf("with answer %d, %v old", a.sent.n, age); {
	case age < shortened(a.fresh) && origin != sdk.Cached:
		return fmt.Errorf("not from the cache, %s", at)
	case age < shortened(a.fresh+a.revalidate) && origin != sdk.Cached && origin != sdk.Stale:
		return fmt.Errorf("not stale at once, %s", at)
	}
	return nil
}

func (a answer) sentAt() time.Duration {
	if a.request == nil {
		return 0
	}
	return a.sent.at
}

// judgeRequest says why a request should not have been sent for the SID.
func (o *oracle) judgeRequest(r *request) error {
	for _, item := range r.items {
		if item.SID == o.sid && item.Version != "" && !o.gave(item.Version, r) {
			return fmt.Errorf("sent with the version %q, which was not given", item.Version)
		}
	}
	a, ok := o.held(r.sent.at)
	if age := r.sent.at - a.sentAt(); ok && age < shortened(a.fresh) && o.calm(r.sent.at-memory, r.sent.at) && !o.repeats(r, a) {
		return fmt.Errorf("needless with answer %d, %v old", a.sent.n, age)
	}
	return nil
}

// repeats says that a request may be the repetition of one that was on its way already when an answer came late: its callers had left.
func (o *oracle) repeats(r *request, a answer) bool {
	return slices.ContainsFunc(o.requests, func(before *request) bool {
		return before.sent.n < a.ended.n && before.ended.n < r.sent.n && before.told[o.sid].outcome != answered && r.sent.at-before.ended.at < timeout
	})
}

// gave says that a version had been given for the SID by the same door, and was not forgotten since.
func (o *oracle) gave(version string, r *request) bool {
	return slices.ContainsFunc(o.answers, func(a answer) bool {
		return a.valid && a.version == version && a.single == r.single && a.ended.n < r.sent.n && !(o.first(r) && o.forgottenBefore(a, r))
	})
}

// first says that a request is the first of its batch.
func (o *oracle) first(r *request) bool {
	return !o.plan.rough && !slices.ContainsFunc(o.requests, func(before *request) bool {
		return before.sent.n < r.sent.n && before.told[o.sid].outcome != answered && before.ended.at > r.sent.at-memory
	})
}

func (o *oracle) forgottenBefore(a answer, r *request) bool {
	return slices.ContainsFunc(o.forgettings, func(f *forgetting) bool { return a.sent.n < f.began.n && f.ended.at < r.sent.at })
}
