package openapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// replica makes an MS2 in a state of its own.
type replica func(*testing.T) http.Handler

type lookup func(context.Context, []string) (map[string]protocol.Entity, error)

func (f lookup) Lookup(ctx context.Context, sids []string) (map[string]protocol.Entity, error) {
	return f(ctx, sids)
}

func known(context.Context, []string) (map[string]protocol.Entity, error) {
	return map[string]protocol.Entity{
		"usb:046d": {Kind: "vendor", Version: "7"},
		"a/b":      {Kind: "odd", Version: `no "tag"`},
		"usb:dead": {Version: "1", Retired: true},
	}, nil
}

func over(store lookup, change func(*protocol.HandlerOptions)) replica {
	return func(*testing.T) http.Handler {
		opts := protocol.HandlerOptions{
			MaxAge: time.Minute, NegativeMaxAge: 5 * time.Second, StaleWhileRevalidate: 30 * time.Second, StaleIfError: 10 * time.Minute,
			Load:   func() float64 { return 0.7 },
			Logger: slog.New(slog.DiscardHandler),
		}
		change(&opts)
		return protocol.NewHandler(store, opts)
	}
}

func failing(err error) lookup {
	return func(context.Context, []string) (map[string]protocol.Entity, error) { return nil, err }
}

func waiting(ctx context.Context, _ []string) (map[string]protocol.Entity, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func asIs(*protocol.HandlerOptions) {}

var (
	well        = over(known, asIs)
	keepNothing = over(known, func(o *protocol.HandlerOptions) { o.MaxAge, o.NegativeMaxAge, o.Load = 0, 0, nil })
	guarded     = over(known, func(o *protocol.HandlerOptions) { o.Token = "s3cret" })
	attesting   = over(known, func(o *protocol.HandlerOptions) { o.Attester = notary{oneKey} })
	sealed      = over(known, func(o *protocol.HandlerOptions) { o.Attester, o.Token = notary{noKey}, "s3cret" })
	singleOnly  = over(known, func(o *protocol.HandlerOptions) { o.SingleOnly = true })
	broken      = over(failing(errors.New("boom")), func(o *protocol.HandlerOptions) { o.Health = func(context.Context) error { panic("boom") } })
	unavailable = over(failing(protocol.ErrUnavailable), func(o *protocol.HandlerOptions) {
		o.Health = func(context.Context) error { return protocol.ErrUnavailable }
	})
	tooSlow = over(waiting, asIs)
)

// draining is a replica that is about to leave.
func draining(t *testing.T) http.Handler {
	h := well(t).(*protocol.Handler)
	h.Drain()
	return h
}

// busy is a replica that serves all that it may, until the test ends.
func busy(t *testing.T) http.Handler {
	entered := make(chan struct{})
	h := over(func(ctx context.Context, sids []string) (map[string]protocol.Entity, error) {
		close(entered)
		return waiting(ctx, sids)
	}, func(o *protocol.HandlerOptions) { o.MaxInFlight = 1 })(t)
	go h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/sids/x", nil))
	<-entered
	return h
}
