package sdk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ms2.internal/lb/sdk"
)

// The reasons for which a check may have an error.

// judgeError says why an error is none that the check may have.
func (o *oracle) judgeError(c *checked) error {
	var check *sdk.CheckError
	own := c.patience > 0 && c.ended.at-c.began.at >= c.patience || c.ended.at-c.began.at == timeout
	switch {
	case !errors.As(c.err, &check) || check.SID != o.sid || c.verdict != (sdk.Verdict{}) && !c.all || c.verdict.Valid:
		return fmt.Errorf("an ill-formed error: %w", c.err)
	case errors.Is(c.err, context.Canceled) && !(own && c.cancels):
		return fmt.Errorf("another caller's: %w", c.err)
	case errors.Is(c.err, context.DeadlineExceeded) && !own && !o.plan.rough && !strings.Contains(c.err.Error(), "outlast"):
		return fmt.Errorf("another caller's: %w", c.err)
	case strings.Contains(c.err.Error(), "nobody waits"):
		return fmt.Errorf("not for anybody to see: %w", c.err)
	case own || o.plan.rough:
		return nil
	case !o.mishap(c):
		return fmt.Errorf("an error without a reason: %w", c.err)
	case o.couldFallBack(c):
		return fmt.Errorf("an error, though what was held was allowed: %w", c.err)
	}
	return nil
}

// mishap says that lately a request for the SID brought no answer, and not because its callers had left.
func (o *oracle) mishap(c *checked) bool {
	return slices.ContainsFunc(o.requests, func(r *request) bool {
		t := r.told[o.sid]
		return t.outcome != answered && t.outcome != gaveUp && r.ended.at <= c.ended.at && r.ended.at >= c.began.at-timeout
	})
}

// couldFallBack says that asking failed and was not refused while an answer was held that may be used then.
func (o *oracle) couldFallBack(c *checked) bool {
	a, ok := o.held(c.began.at)
	age := c.ended.at - a.sentAt()
	if !ok || c.noCache || c.version != "" || c.limit > 0 && age+a.aged > c.limit ||
		age >= shortened(a.fresh+max(a.revalidate, a.onError)) || !o.calm(a.sent.at-memory, c.ended.at, c) {
		return false
	}
	return !slices.ContainsFunc(o.requests, func(r *request) bool {
		t := r.told[o.sid]
		return r.ended.n > a.ended.n && r.ended.at <= c.ended.at && t.outcome != failed && t.outcome != gaveUp
	})
}
