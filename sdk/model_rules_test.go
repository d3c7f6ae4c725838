package sdk_test

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"ms2.internal/lb/sdk"
)

// The rules by which an answer of MS2's may be a check's verdict.

// allows says why an answer does not allow a check's verdict.
func (o *oracle) allows(a answer, c *checked) error {
	decided := c.ended.at // when the client chose it, at the earliest
	if c.all {
		decided = c.began.at
	}
	switch age := decided - a.sent.at; {
	case a.ended.n > c.ended.n:
		return errors.New("not given yet")
	case c.noCache && (c.verdict.Origin != sdk.Fresh || a.sent.n < c.began.n):
		return errors.New("asked before a check without cache began")
	case c.limit > 0 && c.began.at-a.sent.at > c.limit, c.limit > 0 && c.verdict.Origin != sdk.Fresh && age+a.aged > c.limit:
		return errors.New("older than the caller wants")
	case c.limit > 0 && a.aged > c.limit && a.sent.at < c.began.at:
		return errors.New("older than the caller wants, and not asked again for it")
	case o.forgotten(a, c):
		return errors.New("forgotten before the check began")
	case o.superseded(a, c):
		return errors.New("a later answer was there before the check began")
	case !o.versionSuffices(a, c):
		return errors.New("another version than the caller holds, which nobody asked about within a second")
	case c.verdict.Origin == sdk.Fresh:
		return o.allowsFresh(a, c)
	case c.verdict.Origin == sdk.Cached:
		return o.allowsCached(a, c, age)
	case c.verdict.Origin == sdk.Stale:
		return o.allowsStale(a, c, age)
	}
	return errors.New("of no known origin")
}

// forgotten says that the answer was asked for before an Invalidate that the check came after, or that it was kept although a
// cache on the way had it before.
func (o *oracle) forgotten(a answer, c *checked) bool {
	return slices.ContainsFunc(o.forgettings, func(f *forgetting) bool {
		before := a.sent.n < f.began.n || c.verdict.Origin != sdk.Fresh && a.aged > 0 && a.sent.at-a.aged < f.began.at
		return before && f.ended.n < c.began.n
	})
}

// superseded says that before the check began, the answer to a request sent later was kept, or a caller had been given it. In
// the latter case a flight under way may still be joined.
func (o *oracle) superseded(a answer, c *checked) bool {
	return slices.ContainsFunc(o.answers, func(b answer) bool {
		return b.sent.at > a.sent.at && b.ended.at < c.began.at && (o.kept(b, c.began.at) || c.verdict.Origin != sdk.Fresh && o.given(b, c.began.at))
	})
}

// given says that a caller had been given the answer.
func (o *oracle) given(a answer, before time.Duration) bool {
	return slices.ContainsFunc(o.checks, func(c *checked) bool {
		return c.err == nil && c.verdict.Origin == sdk.Fresh && c.ended.at < before && a.is(c.verdict, o.began)
	})
}

// versionSuffices says that the answer has the version that the caller holds, or was asked for anew, or that the SID was
// asked anew for another caller a short while ago.
func (o *oracle) versionSuffices(a answer, c *checked) bool {
	const period = time.Second
	return c.version == "" || c.version == a.version || a.sent.at >= c.began.at ||
		slices.ContainsFunc(o.checks, func(other *checked) bool {
			return other != c && other.version != "" && other.began.at <= c.ended.at && other.ended.at > c.began.at-period
		})
}

func (o *oracle) allowsFresh(a answer, c *checked) error {
	if a.ended.at < c.began.at {
		return errors.New("called fresh, but was there before the check began")
	}
	if !c.all && a.ended.at != c.ended.at {
		return errors.New("came late to the caller")
	}
	return nil
}

func (o *oracle) allowsCached(a answer, c *checked, age time.Duration) error {
	switch {
	case o.plan.uncached:
		return errors.New("nothing is to be kept")
	case age >= a.fresh:
		return fmt.Errorf("expired: %v old", age)
	case !c.all && c.version == "" && c.ended.at != c.began.at && a.ended.at < c.began.at: // else it came late, beside what failed
		return errors.New("cached, but the caller waited")
	}
	return nil
}

func (o *oracle) allowsStale(a answer, c *checked, age time.Duration) error {
	switch late := age - a.fresh; {
	case o.plan.uncached:
		return errors.New("nothing is to be kept")
	case late < a.revalidate:
		return nil
	case late >= a.onError:
		return fmt.Errorf("expired, even for failures: %v old", age)
	case !o.plan.rough && !o.failing(a, c) && !o.ranShort(a, c):
		return errors.New("allowed for failures only, and asking has not failed since, or was refused")
	}
	return nil
}

// failing says that asking anew had failed when the check ended, and that no refusal ended the matter before it began.
func (o *oracle) failing(a answer, c *checked) bool {
	return slices.ContainsFunc(o.requests, func(f *request) bool {
		asked := f.told[o.sid].outcome
		return f.sent.n > a.ended.n && f.ended.at <= c.ended.at &&
			(asked == failed || asked == turned) && // a batch may fail by what another SID of it came to by the single door
			!slices.ContainsFunc(o.requests, func(r *request) bool {
				return r.sent.n > f.ended.n && r.ended.at < c.began.at && o.stood(r) && o.calm(a.sent.at-memory, r.ended.at)
			})
	})
}

// stood says that a request was refused for good: of its batch no other replica had failed, which leaves the matter open.
func (o *oracle) stood(r *request) bool {
	return r.told[o.sid].outcome == refused && !slices.ContainsFunc(o.requests, func(f *request) bool {
		return f.told[o.sid].outcome == failed && f.ended.n < r.sent.n && f.ended.at >= r.sent.at-timeout
	})
}

// ranShort says that a check had come close to its deadline when this one ended, and asking had not been refused since.
func (o *oracle) ranShort(a answer, c *checked) bool {
	return slices.ContainsFunc(o.checks, func(k *checked) bool {
		patience := timeout
		if k.patience > 0 && !k.cancels {
			patience = min(timeout, k.patience)
		}
		short := k.began.at + patience - min(max(5*time.Millisecond, patience/10), patience/2)
		return k.began.n > a.ended.n && k.ended.at >= short && short <= c.ended.at && !o.refusedBetween(short, c.began.at, a)
	})
}

func (o *oracle) refusedBetween(from, to time.Duration, a answer) bool {
	return slices.ContainsFunc(o.requests, func(r *request) bool {
		return r.sent.at > from && r.ended.at < to && o.stood(r) && o.calm(a.sent.at-memory, r.ended.at)
	})
}

// memory is longer than any request for a SID goes on, its repetitions included.
const memory = 6 * time.Second

// calm says that between these times no check wanted more than a plain one, and nothing was forgotten, so that there was one
// request at a time. The checks given don't count.
func (o *oracle) calm(from, to time.Duration, but ...*checked) bool {
	return !slices.ContainsFunc(o.checks, func(c *checked) bool {
		return (c.noCache || c.limit > 0 || c.version != "") && c.began.at <= to && c.ended.at >= from && !slices.Contains(but, c)
	}) && !slices.ContainsFunc(o.forgettings, func(f *forgetting) bool { return f.began.at <= to && f.ended.at >= from })
}
