package sdk

import (
	"log/slog"
	"net/http"
	"time"

	"ms2.internal/lb/discovery"
)

// Option changes how [New] builds a client.
type Option func(*options)

type options struct {
	source discovery.Source
	logger *slog.Logger
	wrap   func(http.RoundTripper) http.RoundTripper
}

// WithSource finds replicas by s instead of by what the configuration names. A source that panics or returns is a
// permanent error, shown in [Stats]; the last set stays in use.
func WithSource(s discovery.Source) Option { return func(o *options) { o.source = s } }

// WithLogger logs to l; without it, or with nil, the client is silent. It logs what an operator should know: a
// configuration that looks wrong, discovery failing and recovering, replicas judged out and back. A handler that blocks or panics delays no check.
func WithLogger(l *slog.Logger) Option { return func(o *options) { o.logger = l } }

// WithTransport wraps the transport for requests to replicas: for tracing, signing, or another kind of connection. wrap
// is called once. What it returns must be safe for concurrent use; if it panics, exits its goroutine or blocks, the
// checks of that request fail and no others.
func WithTransport(wrap func(http.RoundTripper) http.RoundTripper) Option {
	return func(o *options) { o.wrap = wrap }
}

// CheckOption narrows what a check may be answered from. It can't widen what MS2 allowed.
type CheckOption struct {
	noCache bool
	maxAge  time.Duration // 0 for no limit
	version string
}

// NoCache requires an answer requested from MS2 after the call began.
func NoCache() CheckOption { return CheckOption{noCache: true} }

// MaxAge requires a verdict that is at most d old, stale ones included. 0 or less is the same as [NoCache].
func MaxAge(d time.Duration) CheckOption {
	return CheckOption{noCache: d <= 0, maxAge: max(d, 0)}
}

// HasVersion tells that the caller holds version v of the entity, which came from MS2 through the browser. A cached verdict
// of another version, a negative one above all, is then not enough: MS2 is asked again, at most once a second for each SID,
// so that forged versions are no way around the cache. A version reads the same by both doors: an ETag counts without its W/
// and quotes.
func HasVersion(v string) CheckOption { return CheckOption{version: v} }

// narrowed joins the options of a check; the narrowest wins.
func narrowed(opts []CheckOption, version string) CheckOption {
	all := CheckOption{version: version}
	for i := range opts {
		o := &opts[i]
		all.noCache = all.noCache || o.noCache
		if o.maxAge > 0 && (all.maxAge == 0 || o.maxAge < all.maxAge) {
			all.maxAge = o.maxAge
		}
		if o.version != "" {
			all.version = o.version
		}
	}
	return all
}
