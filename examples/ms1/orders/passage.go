package orders

import (
	"context"
	"errors"
	"net/http"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/middleware"
)

// passage is what is known of a request on its way through the check, in its context.
type passage struct {
	attempts int64  // requests to MS2 before it
	refused  string // why the check refused it, in a word; "" for not
}

type passageKey struct{}

// begin returns the request with a passage.
func begin(r *http.Request, attempts int64) (*http.Request, *passage) {
	p := &passage{attempts: attempts}
	return r.WithContext(context.WithValue(r.Context(), passageKey{}, p)), p
}

// passageOf returns the passage of a request that [begin] gave one.
func passageOf(r *http.Request) *passage { return r.Context().Value(passageKey{}).(*passage) }

// noteRefusal is told of each order that the check refuses.
func noteRefusal(r *http.Request, refusal middleware.Refusal) {
	if p, ok := r.Context().Value(passageKey{}).(*passage); ok {
		p.refused = wordFor(refusal.Status)
		if errors.Is(refusal.Err, sdk.ErrForged) {
			p.refused = "forged"
		}
	}
}

// wordFor is why an order was refused, in a word for operators.
func wordFor(status int) string {
	switch status {
	case http.StatusUnprocessableEntity:
		return "bad_sid"
	case http.StatusServiceUnavailable:
		return "unchecked"
	case http.StatusTooManyRequests:
		return "too_many"
	case http.StatusInternalServerError:
		return "fault"
	}
	return "no_order"
}
