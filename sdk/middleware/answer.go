package middleware

import (
	"context"
	"errors"
	"fmt"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// answer is what became of one check: a verdict that lets it pass, or what speaks against it.
type answer struct {
	verdict sdk.Verdict
	bad     string // why it will never pass
	unknown string // why it can't be known
	forged  bool
	err     error // the cause of either; nil where the verdict is
}

// ask has all checks answered. Its error is a fault of the program.
func (g *gate) ask(ctx context.Context, checks []sdk.Check, opts []sdk.CheckOption) ([]answer, error) {
	verdicts, err := g.client.ValidateAll(ctx, checks, opts...)
	if err != nil {
		verdicts = append(verdicts, make([]sdk.Verdict, len(checks))...) // there may be none
	} else if len(verdicts) != len(checks) {
		return nil, fmt.Errorf("the client returned %d verdicts for %d checks", len(verdicts), len(checks))
	}
	failures := failures(err, len(checks))
	answers := make([]answer, len(checks))
	for i, check := range checks {
		answers[i] = answered(check, verdicts[i], failures[i])
		answers[i].err = failures[i]
	}
	return answers, nil
}

// options are those of all checks of a request.
func (g *gate) options(tokens []string, subject string) []sdk.CheckOption {
	opts := make([]sdk.CheckOption, 0, len(tokens)+3)
	for _, token := range tokens {
		opts = append(opts, sdk.AttestedBy(token))
	}
	if subject != "" {
		opts = append(opts, sdk.Subject(subject))
	}
	if g.o.VerifyAttestations {
		opts = append(opts, sdk.VerifyAttestations())
	}
	if g.o.RequireAttestation {
		opts = append(opts, sdk.RequireAttestation())
	}
	return opts
}

// failures returns the error of each check. One that names no check concerns all.
func failures(err error, n int) []error {
	all := make([]error, n)
	var each sdk.CheckErrors
	if errors.As(err, &each) {
		for _, one := range each {
			if one.Index >= 0 && one.Index < n {
				all[one.Index] = one.Err
			}
		}
		return all
	}
	for i := range all {
		all[i] = err
	}
	return all
}

// answered judges one check. Only a valid verdict on this very SID, of the kind that it must be, passes.
func answered(check sdk.Check, v sdk.Verdict, err error) answer {
	switch {
	case errors.Is(err, sdk.ErrForged):
		return answer{bad: "came with a forged attestation", forged: true}
	case errors.Is(err, sdk.ErrMalformedSID):
		return answer{bad: malformed(check.SID)}
	case errors.Is(err, sdk.ErrNoKind):
		return answer{unknown: "is of a kind that MS2 does not tell"}
	case err != nil || v.SID != check.SID:
		return answer{unknown: "could not be checked"}
	case check.Kind != "" && v.Kind != "" && v.Kind != check.Kind:
		return answer{bad: "is of kind " + v.Kind + ", not " + check.Kind}
	case !v.Valid:
		return answer{bad: "is not known to MS2"}
	case check.Kind != "" && v.Kind == "":
		return answer{unknown: "is of a kind that MS2 does not tell"}
	}
	return answer{verdict: v}
}

func malformed(sid string) string {
	if err := protocol.CheckSID(sid); err != nil {
		return "is malformed: " + err.Error()
	}
	return "is malformed"
}
