package middleware

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
)

// The defaults of [Options].
const (
	DefaultMaxBody = 1 << 20
	DefaultMaxSIDs = 1000
)

// Options say what is checked, and for whom.
type Options struct {
	// SIDs are the places where a request has SIDs, one at least.
	SIDs []Field

	// Attestations are JSON pointers to attestations in the body, as for [JSON]: a string, an array of strings, or an object whose
	// values are strings, such as one from SID to attestation. They may be absent, and more than the SIDs: at most 256 in all.
	// Those in the header MS2-Attestation need no option: at most 16, in 8 KiB.
	Attestations []string

	// Subject tells whose request it is, by what an authentication before this middleware put into the context; "" for nobody. An
	// attestation that is bound to a user passes for this one alone. nil: nobody is known.
	Subject func(*http.Request) string

	// VerifyAttestations is [sdk.VerifyAttestations]: a request with a forged attestation is refused whatever the client's cache holds.
	VerifyAttestations bool

	// RequireAttestation is [sdk.RequireAttestation] for all SIDs.
	RequireAttestation bool

	// MaxBody is the largest body in bytes, where the body is read; 0 for 1 MiB.
	MaxBody int64

	// MaxSIDs is the most SIDs of a request, each place counted; 0 for 1,000.
	MaxSIDs int

	// User tells who pays for bad answers, see [Limit]; nil or "" for the subject, or for the client's address where there is none.
	// Requests from a private address are a proxy's: they pay for nothing until this or Subject tells their users apart.
	User func(*http.Request) string

	// Limit bounds what a user may cost. nil: a limit of this middleware alone, of 60 bad answers a minute.
	Limit *Limit

	// Logger is told of faults of the program: a wildcard that the route lacks, a panic of the functions here. nil for
	// [slog.Default].
	Logger *slog.Logger

	// OnRefuse is told of each request that does not reach the handler, before it is answered and on its goroutine. A [Refusal] logs as
	// a few words by [log/slog], and its Err is the cause:
	//
	//	var why *sdk.AttestationError
	//	if errors.As(refusal.Err, &why) { // forged: why.Reason says how
	OnRefuse func(*http.Request, Refusal)
}

func newGate(client Checker, o Options) (*gate, error) {
	o.SIDs = slices.Clone(o.SIDs)
	g := &gate{client: client, o: o}
	var errs []error
	if client == nil {
		errs = append(errs, errors.New("middleware: the client is nil"))
	}
	if len(o.SIDs) == 0 {
		errs = append(errs, errors.New("middleware: Options.SIDs is empty: nothing would be checked"))
	}
	if o.MaxBody < 0 || o.MaxSIDs < 0 {
		errs = append(errs, errors.New("middleware: MaxBody and MaxSIDs must be positive, or 0 for their defaults"))
	}
	g.reads[inBody] = len(o.Attestations) > 0
	for i := range g.o.SIDs {
		errs = append(errs, g.o.SIDs[i].check())
		g.reads[g.o.SIDs[i].in] = true
	}
	var err error
	g.shape, err = shapes(g.o.SIDs, o.Attestations)
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	g.setDefaults()
	return g, nil
}

func (g *gate) setDefaults() {
	g.o.MaxBody = cmp.Or(g.o.MaxBody, DefaultMaxBody)
	g.o.MaxSIDs = cmp.Or(g.o.MaxSIDs, DefaultMaxSIDs)
	g.o.Logger = cmp.Or(g.o.Logger, slog.Default())
	if g.o.Limit == nil {
		g.o.Limit = NewLimit(DefaultBadPerMinute)
	}
}

// check reports what keeps a field from being read.
func (f *Field) check() error {
	switch {
	case f.in == 0:
		return errors.New("middleware: a Field is empty: make it by Path, Query, Header or JSON")
	case f.in != inBody && f.version != "":
		return fmt.Errorf("middleware: %q has a version, which only a field of the body has", f.name)
	case f.in != inBody && f.name == "":
		return errors.New("middleware: a Field has no name")
	case f.in == inHeader && (strings.EqualFold(f.name, "Host") || strings.ContainsAny(f.name, " \t\r\n:")):
		return fmt.Errorf("middleware: %q is no name of a field in http.Request.Header", f.name)
	}
	return nil
}
