package sdk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/internal/delivery"
	"ms2.internal/lb/sdk/internal/flight"
	"ms2.internal/lb/sdk/internal/hook"
	"ms2.internal/lb/sdk/internal/transport"
)

// Client checks SIDs against the replicas of MS2. Make one for a process with [New] and share it: all its methods are
// safe for concurrent use.
type Client struct {
	config    Config
	ctx       context.Context // ends at Close, with ErrClosed for its cause
	cancel    context.CancelCauseFunc
	closed    atomic.Bool
	hooks     *hook.Guard
	discovery *finder
	balancer  *balancer.Balancer
	sender    *attempt.Sender
	cache     *cache.Cache
	carrier   *delivery.Carrier
	batcher   *flight.Batcher
	counters  counters
	journal   *journal
	signs     *signs

	name    string // see WithName
	started time.Time
	shown   map[string]string // the configuration, for Stats

	attestations Attestations   // nil: tokens are not looked at
	changes      *cache.Changes // of what MS2 signed; nil without attestations
	forgeries    forgeries
}

// New checks the configuration, builds a client and starts to look for replicas; it does not wait for any, see
// [Client.Ready]. The error is a [*ConfigError], or one of Consul's client for what it reads from its own environment.
// Close the client when it is no longer needed.
func New(cfg Config, opts ...Option) (*Client, error) {
	var o options
	for _, option := range opts {
		option(&o)
	}
	if problems := cfg.problems(); len(problems) > 0 {
		return nil, &ConfigError{Problems: problems}
	}
	asked := cfg.AttemptTimeout
	cfg = cfg.effective()
	hooks := &hook.Guard{}
	c := &Client{config: cfg, hooks: hooks, name: cmp.Or(o.name, cfg.Service), started: time.Now(), shown: cfg.shown()}
	source, err := cfg.source(o)
	if err != nil {
		return nil, err
	}
	c.ctx, c.cancel = context.WithCancelCause(context.Background())
	if c.sender, err = attempt.New(cfg.attempts(c.ctx, o), hooks); err != nil {
		return nil, err
	}
	if c.cache, err = cache.New(cfg.CacheEntries); err != nil {
		return nil, fmt.Errorf("ms2: cache: %w", err)
	}
	log := newLogger(o.logger, hooks, c.name, cfg.Service)
	c.forgeries.log, c.journal = log, &journal{log: log}
	c.signs = newSigns(c.journal, c.counters.fresh.Load, func() bool { return c.discovery.known() })
	c.warnOfConfig(log, asked, o.attestations != nil)
	if err = c.attest(o.attestations, log); err != nil {
		return nil, err
	}
	c.start(source)
	c.keepKeys(log)
	return c, nil
}

// start wires the parts and sets them going.
func (c *Client) start(source discovery.Source) {
	c.balancer = balancer.New(balancer.Options{
		Failures:     c.config.BreakerFailures,
		Open:         c.config.BreakerOpen,
		ProbeTimeout: 2 * c.config.AttemptTimeout,
		WarmUp:       c.config.WarmUp,
		MaxEjected:   c.config.MaxEjected,
		Zone:         c.config.Zone,
		Subset:       c.config.Subset,
		Client:       c.config.clientID(),
		OnChange:     c.tellChange,
		OnPanic:      c.tellPanic,
	})
	c.discovery = newFinder(c.config.Service, func(set []discovery.Instance) {
		c.sender.Update(set, func() { c.balancer.Update(set) })
		c.carrier.Keep(set)
	}, func(id string) delivery.Trouble { return c.carrier.Trouble(id) }, c.journal)
	c.carrier = delivery.New(delivery.Options{
		Context:        c.ctx,
		Timeout:        c.config.Timeout,
		AttemptTimeout: c.config.AttemptTimeout,
		Attempts:       c.config.Attempts,
		Backoff:        c.config.RetryBackoff,
		Budget:         c.config.RetryBudget,
		OnBudgetEmpty:  c.tellBudget,
		OnFault:        c.tellFault,
	}, c.balancer, c.sender, c.discovery)
	c.batcher = flight.New(flight.Options{
		Context:  c.ctx,
		BatchMax: c.config.BatchMax,
		InFlight: c.config.BatchInflight,
		QueueMax: c.config.QueueMax,
		Patience: c.config.Timeout,
	}, c.cache, c.carrier)
	c.config.Token = "" // the sender has it; a client that is printed must not show it
	c.discovery.watch(c.ctx, source, c.hooks)
}

// attempts says how to ask. The configuration was checked, so that no part of it can be wrong.
func (c Config) attempts(ctx context.Context, o options) attempt.Options {
	single, _ := attempt.ParseTemplate(c.SinglePath)
	at, _ := attempt.ParsePointer(c.SingleSIDField)
	token, _ := transport.NewToken(string(c.Token), c.TokenFile)
	return attempt.Options{
		Options: transport.Options{
			Timeout: c.AttemptTimeout,
			Idle:    c.BatchInflight * delivery.FanOut,
			TLS:     c.tlsFiles(),
			Wrap:    o.wrap,
		},
		Context:      ctx,
		Scheme:       c.Scheme,
		Protocol:     c.Protocol,
		Single:       single,
		SIDAt:        at,
		BareNotFound: c.NotFound == "invalid",
		MaxAge:       c.MaxAge,
		Token:        token,
	}
}

// warnOfConfig says what looks wrong about a configuration and is no error. The adopter set asked as the attempt timeout, and gave a
// verifier or none.
func (c *Client) warnOfConfig(log *logger, asked time.Duration, verifier bool) {
	var warnings []warning
	for _, name := range c.config.Unknown {
		warnings = append(warnings, warning{"ms2: unknown variable of the environment", []slog.Attr{
			slog.String("variable", name), slog.String("nearest", nearestVariable(name)),
		}})
	}
	if c.config.Scheme == "http" && (c.config.Token != "" || c.config.TokenFile != "") {
		warnings = append(warnings, warning{message: "ms2: the bearer token travels unencrypted; set MS2_SCHEME=https"})
	}
	if !verifier && (c.config.KeysFile != "" || c.config.KeysInsecure) {
		warnings = append(warnings, warning{message: "ms2: MS2_KEYS_FILE and MS2_KEYS_INSECURE are of no use without WithAttestations"})
	}
	if inUse := c.config.AttemptTimeout; inUse < asked {
		warnings = append(warnings, warning{"ms2: MS2_ATTEMPT_TIMEOUT is not below MS2_TIMEOUT, half of which is used; set MS2_TIMEOUT too", []slog.Attr{
			slog.Duration("attempt_timeout", asked), slog.Duration("timeout", c.config.Timeout), slog.Duration("used", inUse),
		}})
	}
	log.warn(warnings...)
}

// Ready returns nil as soon as a replica can be used, which stays so until Close. Else it returns when ctx ends, with an
// error that says why none can, or with [ErrClosed].
func (c *Client) Ready(ctx context.Context) error {
	if c.closed.Load() {
		return ErrClosed
	}
	if isClosed(c.discovery.ready) {
		return nil
	}
	select {
	case <-c.discovery.ready:
		return nil
	case <-c.ctx.Done():
		return ErrClosed
	case <-ctx.Done():
		return fmt.Errorf("ms2: not ready: %w", c.discovery.Explain(ctx.Err()))
	}
}

// Done is closed when the client is.
func (c *Client) Done() <-chan struct{} { return c.ctx.Done() }

// Invalidate forgets the verdicts of these SIDs. One that is on its way already is given to those who wait for it, and
// not kept; a check that begins from now on is asked anew.
//
// An attestation that MS2 signed before now is no answer for them any more.
func (c *Client) Invalidate(sids ...string) {
	now := time.Now()
	for _, sid := range sids {
		c.changes.Note(sid, now)
	}
	c.batcher.Invalidate(sids)
}

// closePatience is how long Close waits for what it ended.
const closePatience = 5 * time.Second

// Close ends the client: checks that wait fail with [ErrClosed], attempts are cancelled, and so is discovery. It waits at
// most 5 s for all of it, and the error then names the hook of the adopter's that did not return. Further calls return nil.
func (c *Client) Close() error {
	if !c.closed.CompareAndSwap(false, true) {
		return nil
	}
	c.discovery.close()
	c.forgeries.close()
	c.signs.close()
	c.journal.note(Event{Kind: EventClosed})
	c.journal.log.close()
	c.batcher.Close()
	c.cancel(ErrClosed)
	ctx, cancel := context.WithTimeout(context.Background(), closePatience)
	defer cancel()
	err := errors.Join(c.batcher.Wait(ctx), c.carrier.Wait(ctx), c.hooks.Wait(ctx)) // a request does not wait for its hook
	c.sender.Close()
	if err != nil {
		return fmt.Errorf("ms2: close: %w", err)
	}
	return nil
}
