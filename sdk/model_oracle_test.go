package sdk_test

import (
	"errors"
	"fmt"
	"time"

	"ms2.internal/lb/sdk"
)

// oracle judges the story of one SID by the rules of freshness alone. It knows what MS2 said and when, and nothing of how
// the client works.
type oracle struct {
	*story
	sid            string
	answers        []answer
	allForgettings []*forgetting // of other SIDs, too
}

// answer is a request that was answered for the SID.
type answer struct {
	*request
	said
}

// leastShare is the part of its ages that an answer keeps at least: the client may shorten them, so that not all expire at
// once, and never lengthens them.
const leastShare = 0.9

func shortened(d time.Duration) time.Duration { return time.Duration(leastShare * float64(d)) }

func newOracle(s *story, sid string) *oracle {
	o := &oracle{story: s.of(sid), sid: sid, allForgettings: s.forgettings}
	for _, r := range o.requests {
		if t := r.told[sid]; t.outcome == answered {
			o.answers = append(o.answers, answer{r, t})
		}
	}
	return o
}

// judge says what is wrong with the story of a SID; nil for nothing.
func (o *oracle) judge() error {
	for _, c := range o.checks {
		if err := o.judgeCheck(c); err != nil {
			return fmt.Errorf("check %d: %w", c.began.n, err)
		}
	}
	for _, r := range o.requests {
		if err := o.judgeRequest(r); err != nil {
			return fmt.Errorf("request %d: %w", r.sent.n, err)
		}
	}
	return nil
}

func (o *oracle) judgeCheck(c *checked) error {
	if took, most := c.ended.at-c.began.at, o.mostTime(c); took > most {
		return fmt.Errorf("took %v of %v", took, most)
	}
	if c.err == nil {
		if err := o.judgeVerdict(c); err != nil {
			return err
		}
	} else if err := o.judgeError(c); err != nil {
		return err
	}
	return o.judgeHit(c)
}

// timeout is the default of MS2_TIMEOUT.
const timeout = 2 * time.Second

func (o *oracle) mostTime(c *checked) time.Duration {
	if c.patience > 0 {
		return min(timeout, c.patience)
	}
	return timeout
}

// judgeVerdict says why no answer allows a verdict; nil when one does.
func (o *oracle) judgeVerdict(c *checked) error {
	if c.verdict.SID != o.sid {
		return fmt.Errorf("the verdict is on %q", c.verdict.SID)
	}
	reasons := errors.New("forbidden")
	for _, a := range o.answers {
		if !a.is(c.verdict, o.began) {
			continue
		}
		err := o.allows(a, c)
		if err == nil {
			return nil
		}
		reasons = fmt.Errorf("%w; answer %d: %w", reasons, a.sent.n, err)
	}
	return reasons
}

// is says that a verdict may have been made of the answer.
func (a answer) is(v sdk.Verdict, began time.Time) bool {
	life, least := v.Expires.Sub(began)-a.sent.at, shortened(a.fresh)
	if a.vague {
		least = 0
	}
	return v.Valid == a.valid && v.Version == a.version && v.Kind == a.kind && least <= life && life <= a.fresh
}
