package sdk

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/protocol"
)

// Between cache and flight stand the tokens that came with the data: what one vouches for needs no request. A token that is no
// answer changes nothing, MS2 is asked; only a forged one ends a check.

// attested answers a SID by the tokens that came with it, or by the stale verdict that was left to them. Without an answer MS2 is
// asked, unless a token was forged and none vouches for the SID, which is the error.
func (c *Client) attested(
	ctx context.Context, sid string, opts []CheckOption, want *CheckOption, e *evidence, renew *bool,
) (v Verdict, found bool, err error) {
	if !c.looksAt(want) || want.noCache || c.closed.Load() {
		return Verdict{}, false, nil
	}
	e.subject = want.subject
	v, found, err = c.byToken(ctx, sid, opts, want, e)
	if found || err != nil || *renew {
		return v, found, err
	}
	if *renew = e.covers && c.outdated(sid, want); *renew {
		return Verdict{}, false, nil
	}
	rest := *want
	rest.token = ""
	held, origin, again := c.recall(sid, &rest)
	if *renew = again; held != nil {
		return verdict(sid, held, origin), true, nil
	}
	return Verdict{}, false, nil
}

// looksAt reports whether a check has tokens that the client can verify. It warns once of tokens in vain.
func (c *Client) looksAt(want *CheckOption) bool {
	if want.token != "" && c.attestations == nil {
		c.forgeries.unseen.Do(func() {
			c.forgeries.log.log(slog.LevelWarn, "ms2: attestations came with checks, but nothing verifies them: give New the option WithAttestations")
		})
	}
	return want.token != "" && c.attestations != nil
}

// outdated reports whether what is kept of a SID says that it is not valid, though a token vouches for it that is too old to be
// believed: which of the two MS2 said last is not known, so it is asked, at most once in a period.
func (c *Client) outdated(sid string, want *CheckOption) bool {
	held, now := c.cache.Get(sid), time.Now()
	return held != nil && !held.Valid && held.Within(now, want.maxAge) < cache.Expired && held.ClaimRecheck(now, recheckPeriod)
}

// byToken answers a SID by the tokens alone.
func (c *Client) byToken(ctx context.Context, sid string, opts []CheckOption, want *CheckOption, e *evidence) (v Verdict, found bool, err error) {
	e.covers = false
	for a, item := range c.vouching(ctx, sid, opts, e) {
		now := time.Now()
		if a.over(now) {
			continue
		}
		if e.covers = true; want.suffices(item, a, now) && !c.changedSince(item, a, now) {
			c.counters.attested.Add(1)
			return Verdict{SID: sid, Kind: item.Kind, Version: item.Version, Valid: true, Origin: Attested, Expires: a.end}, true, nil
		}
	}
	if e.covers || e.forged == nil || protocol.CheckSID(sid) != nil {
		return Verdict{}, false, nil
	}
	return Verdict{}, false, e.forged
}

// suffices reports whether the caller accepts what an attestation says of a SID. How old it is counts from Since: MS2's clock may be
// ahead of ours.
func (o *CheckOption) suffices(item *protocol.Attested, a *verified, now time.Time) bool {
	return (o.version == "" || o.version == item.Version) &&
		(o.kind == "" || item.Kind != "") &&
		(o.maxAge == 0 || a.age(now, a.Since) <= o.maxAge)
}

// changedSince reports whether the SID may have changed after MS2 signed: it was invalidated, or MS2 has said something else of it.
func (c *Client) changedSince(item *protocol.Attested, a *verified, now time.Time) bool {
	if !asOf(c.changes.At(item.SID), now).Before(a.Since) {
		return true
	}
	held := c.cache.Get(item.SID)
	return held != nil && asOf(held.Asked, now).Add(-held.Aged).After(a.Since) &&
		(!held.Valid || held.Version != item.Version && held.Version != "" && item.Version != "")
}

// asOf is a moment of this process by the wall clock as it is now: setting it, as a machine does that started with a wrong time, makes
// nothing forgotten, and a suspended machine has the moment look later than it was. The zero time stays.
func asOf(t, now time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return now.Add(-now.Sub(t)).Round(0)
}

// contradicted notes that MS2 said now that a SID is not valid for which a token vouches: that may be nothing to keep, but the token
// is no answer any more.
func (c *Client) contradicted(v Verdict, e *evidence) {
	if v.Origin == Fresh && !v.Valid && len(e.about(v.SID)) > 0 {
		c.changes.Note(v.SID, time.Now())
	}
}

// unattested adds to why MS2 did not answer why no token did.
func (e *evidence) unattested(err error) error {
	if err == nil || e.unusable == nil {
		return err
	}
	return fmt.Errorf("%w; what came with the data is no answer either: %w", err, e.unusable)
}
