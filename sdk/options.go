package sdk

import (
	"cmp"
	"log/slog"
	"net/http"
	"time"

	"ms2.internal/lb/discovery"
)

// Option changes how [New] builds a client.
type Option func(*options)

type options struct {
	source       discovery.Source
	logger       *slog.Logger
	wrap         func(http.RoundTripper) http.RoundTripper
	attestations Attestations
	name         string
}

// WithName names the client, in [Stats], in the log and on the page of package health, for a process that has several. Without it the
// name is that of the service.
func WithName(name string) Option { return func(o *options) { o.name = name } }

// WithSource finds replicas by s instead of by what the configuration names. A source that panics or returns is a
// permanent error, shown in [Stats]; the last set stays in use.
func WithSource(s discovery.Source) Option { return func(o *options) { o.source = s } }

// WithLogger logs to l; without it, or with nil, the client is silent. It logs what an operator should know, when it begins and when it
// is over: a configuration that looks wrong, checks that fail, discovery failing, replicas judged out, ailing, joining and leaving. It
// never logs once a request, writes at most 20 lines a minute and says how many it kept back; [Stats] has all of them. A handler that
// blocks or panics delays no check.
func WithLogger(l *slog.Logger) Option { return func(o *options) { o.logger = l } }

// WithTransport wraps the transport for requests to replicas: for tracing, signing, or another kind of connection. wrap
// is called once. What it returns must be safe for concurrent use; if it panics, exits its goroutine or blocks, the
// checks of that request fail and no others.
func WithTransport(wrap func(http.RoundTripper) http.RoundTripper) Option {
	return func(o *options) { o.wrap = wrap }
}

// WithAttestations lets checks be answered by what MS2 signed and the caller got with the data, see [AttestedBy]: no request is
// needed then. a is the Verifier of the module sdk/attest, used by one client alone. It gets its keys from MS2 through the client,
// or from MS2_KEYS_FILE. Over plain http [New] refuses that unless MS2_KEYS_INSECURE is on: who can change what is on the wire could
// bring keys of their own.
func WithAttestations(a Attestations) Option { return func(o *options) { o.attestations = a } }

// CheckOption narrows what a check may be answered from. It can't widen what MS2 allowed.
type CheckOption struct {
	noCache bool
	maxAge  time.Duration // 0 for no limit
	version string
	kind    string
	token   string // that came with the data, "" for none; of those joined, any that is not ""
	subject string
	verify  bool // tokens go before a cached verdict
	require bool // a cached verdict is no answer
}

// NoCache requires an answer requested from MS2 after the call began.
func NoCache() CheckOption { return CheckOption{noCache: true} }

// MaxAge requires a verdict that is at most d old, stale ones included; an attestation counts from its Since. 0 or less is the same
// as [NoCache].
func MaxAge(d time.Duration) CheckOption {
	return CheckOption{noCache: d <= 0, maxAge: max(d, 0)}
}

// HasVersion tells that the caller holds version v of the entity, which came from MS2 through the browser. A cached verdict
// of another version, a negative one above all, is then not enough: MS2 is asked again, at most once a second for each SID,
// so that forged versions are no way around the cache. A version reads the same by both doors: an ETag counts without its W/
// and quotes.
func HasVersion(v string) CheckOption { return CheckOption{version: v} }

// OfKind requires an entity of this kind, such as "product": a valid SID of another kind is answered as not valid, with the kind
// that it has. A valid one whose kind MS2 does not tell is an error that wraps [ErrNoKind]. "" is any kind.
func OfKind(kind string) CheckOption { return CheckOption{kind: kind} }

// AttestedBy tells the token that came with the data, from MS2 through a browser or a gateway. It may be given several times, and
// to one check or to many; "" is none. A fresh verdict in the cache that is valid is answered without looking at it, unless
// [VerifyAttestations] says otherwise. Else, with [WithAttestations], a valid token that vouches for the SID is the answer, of Origin
// [Attested] and without a request: before a fresh verdict that is not valid, too, which MS2 signed after. Where the order of the two
// can't be told MS2 is asked, at most once a second for each SID. A token that has expired, or that can't be judged, is no answer and
// MS2 is asked. When one was forged, the SIDs that no other token vouches for fail with [ErrForged]. Beside [NoCache] no token is
// looked at.
func AttestedBy(token string) CheckOption { return CheckOption{token: token} }

// Subject tells whose data it is. An attestation that is bound to somebody must be bound to this subject.
func Subject(s string) CheckOption { return CheckOption{subject: s} }

// VerifyAttestations has the tokens that came with the data verified even where the cache could answer: a forged one is refused
// whatever the cache holds. What has no valid token is answered as without this option. The price is a signature check the first time
// that a token comes, where the cache would have spared it.
func VerifyAttestations() CheckOption { return CheckOption{verify: true} }

// RequireAttestation requires what MS2 said to the one who sent the data: a token that vouches for the SID even where the cache
// could answer, else an answer requested from MS2 after the call began.
func RequireAttestation() CheckOption { return CheckOption{require: true} }

// narrow joins the options of a check; the narrowest wins. It is called on the zero value.
func (all *CheckOption) narrow(opts []CheckOption) {
	for i := range opts {
		o := &opts[i]
		all.noCache = all.noCache || o.noCache
		all.verify = all.verify || o.verify
		all.require = all.require || o.require
		if o.maxAge > 0 && (all.maxAge == 0 || o.maxAge < all.maxAge) {
			all.maxAge = o.maxAge
		}
		all.version = cmp.Or(o.version, all.version)
		all.kind = cmp.Or(all.kind, o.kind)
		all.token = cmp.Or(o.token, all.token)
		all.subject = cmp.Or(o.subject, all.subject)
	}
}

// of is the option for one of many checks.
func (o CheckOption) of(check Check) CheckOption {
	o.version = cmp.Or(o.version, check.Version)
	o.kind = cmp.Or(check.Kind, o.kind)
	return o
}
