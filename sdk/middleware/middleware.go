package middleware

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"ms2.internal/lb/sdk"
)

// Checker checks SIDs. [*sdk.Client] is one.
type Checker interface {
	ValidateAll(ctx context.Context, checks []sdk.Check, opts ...sdk.CheckOption) ([]sdk.Verdict, error)
}

// New returns what wraps the handler of a route, so that it only gets requests whose SIDs MS2 holds for genuine. Its error names
// what is wrong with o, all of it at once. What it returns is safe for concurrent use.
func New(client Checker, o Options) (func(http.Handler) http.Handler, error) {
	g, err := newGate(client, o)
	if err != nil {
		return nil, err
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			checked, refusal := g.examine(w, r)
			if refusal != nil {
				g.refuse(w, r, refusal)
				return
			}
			next.ServeHTTP(w, checked)
		})
	}, nil
}

// gate stands before handlers.
type gate struct {
	client Checker
	o      Options
	shape  *shape // of the body
	reads  [inBody + 1]bool
	logged atomic.Int64 // when a fault of the program was last logged, in Unix nanoseconds
}

// examine returns the request for the handler, with the verdicts in its context, or why it must not get there. A panic of the
// program's own functions lets nothing pass.
func (g *gate) examine(w http.ResponseWriter, r *http.Request) (checked *http.Request, refusal *Refusal) {
	defer func() {
		switch cause := recover(); cause {
		case nil:
		case http.ErrAbortHandler:
			panic(cause)
		default:
			err := panicked(cause)
			g.broken(r, err)
			checked, refusal = nil, &Refusal{Status: http.StatusInternalServerError, Err: err}
		}
	}()
	f := g.collect(w, r)
	var verdicts []Checked
	switch {
	case f.refusal != nil:
		return nil, f.refusal
	case f.faults != nil:
		return nil, bad(f.faults)
	case f.found != nil:
		if verdicts, refusal = g.judge(r, f); refusal != nil {
			return nil, refusal
		}
	}
	r = r.WithContext(context.WithValue(r.Context(), verdictsKey{}, append(Verdicts(r.Context()), verdicts...)))
	if f.body != nil {
		r = rewound(r, f.body)
	}
	return r, nil
}

// refuse answers in place of the handler.
func (g *gate) refuse(w http.ResponseWriter, r *http.Request, refusal *Refusal) {
	refusal.complete()
	if g.o.OnRefuse != nil {
		g.o.OnRefuse(r, *refusal)
	}
	refusal.write(w)
}

// broken logs a fault of the program that the middleware is part of, at most once a second.
func (g *gate) broken(r *http.Request, err error) {
	now, last := time.Now().UnixNano(), g.logged.Load()
	if now-last < int64(time.Second) || !g.logged.CompareAndSwap(last, now) {
		return
	}
	g.o.Logger.ErrorContext(r.Context(), "ms2: a request was refused by a fault in its middleware",
		"pattern", r.Pattern, "fault", clip(err.Error(), 1024))
}

func panicked(cause any) error {
	if err, ok := cause.(error); ok {
		return fmt.Errorf("panic: %w", err)
	}
	return fmt.Errorf("panic: %v", cause)
}

type verdictsKey struct{}

// Verdicts returns what was checked of the request with this context: first path, query and header in the order of [Options.SIDs],
// then the body from its beginning to its end. It is nil for a request that passed no middleware, or held no SID.
func Verdicts(ctx context.Context) []Checked {
	verdicts, _ := ctx.Value(verdictsKey{}).([]Checked)
	return slices.Clone(verdicts)
}
