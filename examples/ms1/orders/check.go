package orders

import (
	"context"
	"errors"
	"fmt"

	"ms2.internal/lb/sdk"
)

// Checker answers whether SIDs are genuine. [sdk.Client] is one.
type Checker interface {
	ValidateAll(ctx context.Context, checks []sdk.Check, opts ...sdk.CheckOption) ([]sdk.Verdict, error)
}

// question is one SID of an order.
type question struct {
	sdk.Check
	kind    string // that the entity must be of
	pointer string // where the SID stands in the order's JSON (RFC 6901)
}

// questions lists every SID of an order. A product comes with the version that the browser was told, so that an older
// verdict in MS1's memory is not held against a browser that knows more.
func (o Order) questions() []question {
	var list []question
	for i, l := range o.Lines {
		list = append(list,
			question{sdk.Check{SID: l.Product.SID, Version: l.Product.Version}, "product", fmt.Sprintf("/lines/%d/product/sid", i)},
			question{sdk.Check{SID: l.Vendor.SID}, "vendor", fmt.Sprintf("/lines/%d/vendor/sid", i)})
	}
	return list
}

// finding is what is wrong with one SID of an order.
type finding struct {
	Pointer string `json:"pointer"`
	SID     string `json:"sid"`
	Detail  string `json:"detail"`
}

// check asks about all SIDs of an order at once. bad are those that are not genuine; open are those that could not be
// checked, with the cause in err. The order may be stored when both are empty.
func check(ctx context.Context, checker Checker, o Order) (bad, open []finding, err error) {
	list := o.questions()
	checks := make([]sdk.Check, len(list))
	for i, q := range list {
		checks[i] = q.Check
	}
	verdicts, err := checker.ValidateAll(ctx, checks)
	failed := failures(err)
	for i, q := range list {
		switch cause := failed[i]; {
		case errors.Is(cause, sdk.ErrMalformedSID):
			bad = append(bad, q.finding("malformed"))
		case cause != nil:
			open = append(open, q.finding("could not be checked"))
		case !verdicts[i].Valid:
			bad = append(bad, q.finding("not known to MS2, or retired"))
		case verdicts[i].Kind != "" && verdicts[i].Kind != q.kind:
			bad = append(bad, q.finding("is a "+verdicts[i].Kind+", not a "+q.kind))
		}
	}
	return bad, open, err
}

// failures are the checks without a verdict, by index.
func failures(err error) map[int]error {
	var errs sdk.CheckErrors
	errors.As(err, &errs)
	failed := make(map[int]error, len(errs))
	for _, one := range errs {
		failed[one.Index] = one
	}
	return failed
}

func (q question) finding(detail string) finding {
	return finding{Pointer: q.pointer, SID: q.SID, Detail: detail}
}
