package sdk

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"time"

	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/internal/hook"
	"ms2.internal/lb/sdk/protocol"
)

// evidence is what the tokens of one call say. They are verified one after the other, as far as needed. The zero value is that of a
// call whose tokens were not looked at. It does not hold the options, which then need not be allocated.
type evidence struct {
	unread   int // the first of the call's options that was not looked at
	subject  string
	verified []verified
	indexed  int                    // how many of verified are in said
	said     map[string][]statement // by SID: a call may have thousands of checks and of tokens
	few      []statement            // room for what a few of them say of a SID
	covers   bool                   // one of them vouches for the SID that was looked up last
	bad      int                    // how many were forged
	forged   error                  // of the first that was
	unusable error                  // why the first of the others is no answer
}

// statement is an item of one of the attestations that were verified.
type statement struct {
	by   int
	item *protocol.Attested
}

// mostForged is how many forged tokens of one call are looked at. What is left then is not believed.
const mostForged = 16

// vouching yields what the tokens say of a SID: those that were verified before, and then the others as they are verified.
func (c *Client) vouching(ctx context.Context, sid string, opts []CheckOption, e *evidence) iter.Seq2[*verified, *protocol.Attested] {
	return func(yield func(*verified, *protocol.Attested) bool) {
		for _, s := range e.about(sid) {
			if !yield(&e.verified[s.by], s.item) {
				return
			}
		}
		for c.verifyNext(ctx, e, opts) {
			last := &e.verified[len(e.verified)-1]
			if item := vouched(last.Attestation, sid); item != nil && !yield(last, item) {
				return
			}
		}
	}
}

// few attestations are looked through faster than what they say is put in order.
const few = 16

// about is what was verified of a SID.
func (e *evidence) about(sid string) []statement {
	if len(e.verified) <= few {
		said := e.few[:0]
		for by := range e.verified {
			if item := vouched(e.verified[by].Attestation, sid); item != nil {
				said = append(said, statement{by, item})
			}
		}
		e.few = said
		return said
	}
	if e.said == nil {
		e.said = map[string][]statement{}
	}
	for ; e.indexed < len(e.verified); e.indexed++ {
		items := e.verified[e.indexed].Items
		for i := range items {
			e.said[items[i].SID] = append(e.said[items[i].SID], statement{e.indexed, &items[i]})
		}
	}
	return e.said[sid]
}

// verifyNext verifies tokens until one is good, and reports whether one was. It stops for a caller that left.
func (c *Client) verifyNext(ctx context.Context, e *evidence, opts []CheckOption) bool {
	for e.unread < len(opts) && e.bad < mostForged && ctx.Err() == nil {
		token := opts[e.unread].token
		if e.unread++; token == "" {
			continue
		}
		a, err := c.verify(token, e.subject)
		switch {
		case err == nil:
			e.verified = append(e.verified, a)
			return true
		case errors.Is(err, ErrForged):
			e.bad++
			e.forged = cmp.Or(e.forged, err)
			c.forgeries.note(err)
		default:
			e.unusable = cmp.Or(e.unusable, err)
		}
	}
	return false
}

// vouched is what an attestation says of a SID, nil for nothing.
func vouched(a *Attestation, sid string) *protocol.Attested {
	for i := range a.Items {
		if a.Items[i].SID == sid {
			return &a.Items[i]
		}
	}
	return nil
}

// verified is an attestation as one call found it. A call of many checks may outlast it.
type verified struct {
	*Attestation
	at  time.Time // when it was verified, by both clocks
	end time.Time // until when it is believed: MS2_MAX_AGE may be sooner than what it says
}

// over reports whether it is believed no longer.
func (v *verified) over(now time.Time) bool { return v.age(now, v.at) >= v.end.Sub(v.at.Round(0)) }

// age is the time from then, by the wall clock, to now, by whichever clock moved more since it was verified: nothing prolongs a life.
func (v *verified) age(now, then time.Time) time.Duration {
	return v.at.Round(0).Sub(then.Round(0)) + cache.Elapsed(v.at, now)
}

// verify asks the verifier, which is the adopter's: a panic costs the token and no more.
func (c *Client) verify(token, subject string) (v verified, err error) {
	defer func() {
		if p := recover(); p != nil {
			fault := &hook.Fault{Hook: hook.Verifier, What: "panicked", Panic: p}
			c.forgeries.fault(fault)
			err = fault
		}
	}()
	at := time.Now()
	a, err := c.attestations.Verify(token, subject)
	if err != nil {
		return verified{}, err
	}
	if a == nil {
		return verified{}, errors.New("the verifier returned neither an attestation nor an error")
	}
	v = verified{Attestation: a, at: at, end: a.Expires}
	if most := a.Issued.Add(c.config.MaxAge); most.Before(v.end) {
		v.end = most
	}
	return v, nil
}
