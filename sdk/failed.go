package sdk

import (
	"context"
	"errors"
	"fmt"
)

// failedReasons are why checks fail that MS2, its replicas or their registry are to answer for: what an operator must hear of. That a
// caller left, or the client was closed, is counted apart.
var failedReasons = []Reason{
	ReasonNoReplicas, ReasonCircuitOpen, ReasonOverloaded, ReasonDeadline, ReasonRefused, ReasonUpstream,
}

// fail counts a check that got no verdict, and has it seen that checks fail.
func (c *Client) fail(err error) {
	var left gone
	switch {
	case errors.Is(err, ErrNoKind): // it was counted by where its verdict came from
		c.counters.kindless.Add(1)
	case errors.Is(err, ErrMalformedSID):
		c.counters.malformed.Add(1)
	case errors.Is(err, ErrForged):
		c.counters.forged.Add(1)
	case errors.Is(err, ErrClosed):
		c.counters.closed.Add(1)
	case errors.As(err, &left) && errors.Is(left, context.Canceled):
		c.counters.canceled.Add(1)
	default:
		r, cause := failedBy(err)
		if r == ReasonHook { // which is told of where it failed
			c.counters.hook.Add(1)
			return
		}
		c.signs.note(r, cause, func() string { return c.failing(r, cause, err) })
	}
}

// failedBy is why a check failed, and what lies beneath.
func failedBy(err error) (r, cause Reason) {
	var call *CallError
	if errors.As(err, &call) {
		cause = call.Cause
	}
	switch {
	case errors.Is(err, ErrNoReplicas):
		return ReasonNoReplicas, ""
	case errors.Is(err, ErrCircuitOpen):
		return ReasonCircuitOpen, cause
	case errors.Is(err, ErrOverloaded):
		return ReasonOverloaded, ""
	case cause == ReasonHook:
		return ReasonHook, ""
	case errors.Is(err, context.DeadlineExceeded):
		return ReasonDeadline, cause
	case cause.refuses():
		return ReasonRefused, cause
	}
	return ReasonUpstream, cause
}

// tellBudget has it seen that an extra attempt was not made, since the budget was used up.
func (c *Client) tellBudget() {
	c.signs.note(ReasonBudgetExhausted, "", func() string {
		return fmt.Sprintf("the budget for extra requests is used up: %.0f %% of batches and 10 a second (MS2_RETRY_BUDGET)", 100*c.config.RetryBudget)
	})
}

// tellFault has it seen that code of the adopter's failed in the way of a request, be it for a check or another.
func (c *Client) tellFault(fault error) {
	c.signs.note(ReasonHook, "", func() string { return fault.Error() + ": requests that go through it fail" })
}

// refuses reports whether a cause is an answer of MS2's that is no verdict.
func (r Reason) refuses() bool {
	switch r {
	case ReasonToken, ReasonForbidden, ReasonRefused, ReasonNoResult:
		return true
	}
	return false
}

// failing says why checks fail, in words that hold no SID.
func (c *Client) failing(r, cause Reason, err error) string {
	var call *CallError
	status := 0
	if errors.As(err, &call) {
		status = call.Status
	}
	what := c.did(cause, status)
	switch r {
	case ReasonNoReplicas:
		return c.discovery.Explain(ErrNoReplicas).Error()
	case ReasonCircuitOpen:
		return "the circuit breaker of every replica is open" + last(what)
	case ReasonOverloaded:
		return fmt.Sprintf("%d SIDs wait for MS2, which is the most (MS2_QUEUE_MAX)", c.config.QueueMax)
	case ReasonDeadline:
		return "no verdict came in the time that callers give" + last(what)
	case ReasonRefused:
		return "MS2 " + what
	}
	if what == "" {
		return "the replicas that were asked failed"
	}
	return "the replicas that were asked failed: the last " + what
}

// last adds what the last replica did.
func last(what string) string {
	if what == "" {
		return ""
	}
	return "; the last replica " + what
}

// did says what a replica did, with the status of its answer.
func (c *Client) did(cause Reason, status int) string {
	_, token := c.shown["MS2_TOKEN"]
	_, file := c.shown["MS2_TOKEN_FILE"]
	switch {
	case cause == ReasonToken && !token && !file:
		return "asks for a bearer token (401), and neither MS2_TOKEN nor MS2_TOKEN_FILE is set"
	case cause == ReasonScheme && c.config.Scheme == "http":
		return "speaks https, and we http (MS2_SCHEME)"
	case cause == ReasonScheme:
		return "speaks http, and we https (MS2_SCHEME)"
	}
	return cause.words(status)
}

// words say what a replica did.
func (r Reason) words(status int) string {
	switch r {
	case ReasonRefusedConnection:
		return "refused the connection"
	case ReasonConnect:
		return "could not be connected to"
	case ReasonReset:
		return "broke the connection before it answered"
	case ReasonTimeout:
		return "did not answer in time"
	case ReasonTLS:
		return "failed the TLS handshake"
	case ReasonStatus:
		return fmt.Sprintf("answered HTTP %d", status)
	case ReasonRedirect:
		return "redirected us elsewhere"
	case ReasonMalformed:
		return "gave an answer that makes no sense"
	case ReasonToken:
		return "refuses our token (401)"
	case ReasonForbidden:
		return "does not let us in (403)"
	case ReasonRefused:
		return fmt.Sprintf("refused the request (HTTP %d)", status)
	case ReasonNoResult:
		return "left out results that were asked for"
	case ReasonShed:
		return "refused for load"
	}
	return ""
}
