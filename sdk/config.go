package sdk

import (
	"fmt"
	"io"
	"os"
	"time"
)

// Config says how a [Client] finds MS2, asks it and remembers what it said. The zero Config works: it finds the service
// ms2 through the Consul agent of this machine. Every field has a variable of the environment, read by [ConfigFromEnv];
// a zero field means the default. The first sentence of each comment is the variable's line in the README's table.
type Config struct {
	// Service is the name of MS2 in Consul.
	Service string `env:"MS2_SERVICE" default:"ms2"`

	// Endpoints are fixed replicas, host:port separated by commas, IPv6 in brackets; with any, Consul is not asked.
	Endpoints []string `env:"MS2_ENDPOINTS"`

	// Scheme is what all replicas speak: http or https.
	Scheme string `env:"MS2_SCHEME" default:"http" oneof:"http https"`

	// Timeout caps every check, retries included; the caller's deadline may be shorter. AttemptTimeout must be below it.
	Timeout time.Duration `env:"MS2_TIMEOUT" default:"2s" range:"1ms 10m"`

	// AttemptTimeout caps one HTTP request to one replica; choose at most half of what callers give a check, and less than MS2_TIMEOUT: setting both otherwise is an error, and where only one is set half of MS2_TIMEOUT is used instead.
	//
	// A caller's deadline shorter than this never gives a replica that hangs the time to fail by itself: the attempt runs on
	// behind the caller to have a result.
	AttemptTimeout time.Duration `env:"MS2_ATTEMPT_TIMEOUT" default:"500ms" range:"1ms 10m"`

	// Attempts is the most HTTP requests for one batch, the first included; 1 means neither retries nor second opinions.
	Attempts int `env:"MS2_ATTEMPTS" default:"10" range:"1 100"`

	// RetryBackoff is the first pause before a replica is asked again; later ones double, each ± 50 %, up to 1s or this, if longer. A replica that was not tried yet is asked at once.
	RetryBackoff time.Duration `env:"MS2_RETRY_BACKOFF" default:"25ms" range:"1ms 10m"`

	// RetryBudget is how many extra requests (retries, second opinions, splits, probes) there may be, in percent of batches, beside 10 a second.
	RetryBudget float64 `env:"MS2_RETRY_BUDGET" default:"20%" range:"1% 100%"`

	// BreakerFailures is how many failures in a row open a replica's circuit breaker; off means never.
	BreakerFailures int `env:"MS2_BREAKER_FAILURES" default:"5" range:"1 1000" off:"true"`

	// BreakerOpen is how long a breaker stays open before one request probes the replica.
	BreakerOpen time.Duration `env:"MS2_BREAKER_OPEN" default:"2s" range:"1ms 1h"`

	// WarmUp is for how long a replica that is new, or back, rises from a tenth of its share of the traffic to all of it; off gives it all at once.
	WarmUp time.Duration `env:"MS2_WARMUP" default:"3s" range:"1ms 1h" off:"true"`

	// MaxEjected is the largest part of the replicas, by weight, that may be left out for failing or refusing far more than the others, those that are leaving counted in; one may always be, and those that answer nothing do not count; off leaves none out.
	MaxEjected float64 `env:"MS2_MAX_EJECTED" default:"40%" range:"1% 100%" off:"true"`

	// Zone is where this process runs: replicas there are preferred while they are not far slower or busier than the others.
	Zone string `env:"MS2_ZONE"`

	// Subset is the most replicas that this process uses while all are well, for thousands of processes: with fewer, some replicas have no client; off means all.
	Subset int `env:"MS2_SUBSET" default:"off" range:"2 10000" off:"true"`

	// ClientID names this process among those that use subsets: the same name gives the same one; empty means the host's name.
	ClientID string `env:"MS2_CLIENT_ID"`

	// Protocol is how to ask: batch (POST of many SIDs), single (GET of one) or auto, which learns per replica whether it has the batch door.
	Protocol string `env:"MS2_PROTOCOL" default:"auto" oneof:"auto batch single"`

	// SinglePath is where the single door is; {sid} stands for the SID, in the path or in the query.
	SinglePath string `env:"MS2_SINGLE_PATH" default:"/v1/sids/{sid}"`

	// SingleSIDField is where the single door's JSON must repeat the SID for it to be valid: the name of a top-level member, or a JSON pointer such as /data/id. There it is a string, or a number that is written as the SID is.
	SingleSIDField string `env:"MS2_SINGLE_SID_FIELD" default:"sid"`

	// NotFound is what a 404 or 410 of the single door means when it is not the problem that names unknown SIDs: error, or invalid while the replica calls a SID valid that was valid before; each then costs a second request, and a replica ten more a second at most.
	NotFound string `env:"MS2_NOT_FOUND" default:"error" oneof:"error invalid"`

	// BatchMax is the most SIDs in one request.
	BatchMax int `env:"MS2_BATCH_MAX" default:"500" range:"1 1000"`

	// BatchInflight is the most batches under way at once, fewer where that is faster; what comes meanwhile gathers for the next.
	BatchInflight int `env:"MS2_BATCH_INFLIGHT" default:"8" range:"1 1000"`

	// QueueMax is the most SIDs that may wait for a batch; beyond it checks fail with ErrOverloaded, unless MS2 allows a stale verdict on errors.
	QueueMax int `env:"MS2_QUEUE_MAX" default:"10000" range:"1 10000000"`

	// CacheEntries is the most verdicts kept, about 400 bytes each; off means none.
	CacheEntries int `env:"MS2_CACHE_ENTRIES" default:"100000" range:"1 100000000" off:"true"`

	// MaxAge caps for how long MS2 lets a verdict be fresh, each of its stale periods, and the life of an attestation.
	MaxAge time.Duration `env:"MS2_MAX_AGE" default:"24h" range:"1s 87600h"`

	// Token is the bearer token sent to MS2.
	Token Secret `env:"MS2_TOKEN"`

	// TokenFile holds the bearer token instead; it is read again when it changes.
	TokenFile string `env:"MS2_TOKEN_FILE"`

	// KeysFile pins the keys that attestations are checked against, a JSON Web Key Set, instead of fetching them from MS2; it is read again when it changes.
	KeysFile string `env:"MS2_KEYS_FILE"`

	// KeysInsecure lets them be fetched over plain http, where anyone who can change what is on the wire can forge attestations: on or off.
	KeysInsecure bool `env:"MS2_KEYS_INSECURE" default:"off"`

	// TLSCAFile holds the PEM certificates that MS2's must be signed by; empty means the system's.
	TLSCAFile string `env:"MS2_TLS_CA_FILE"`

	// TLSCertFile holds the PEM client certificate; it is read again at each handshake.
	TLSCertFile string `env:"MS2_TLS_CERT_FILE"`

	// TLSKeyFile holds the key of the client certificate.
	TLSKeyFile string `env:"MS2_TLS_KEY_FILE"`

	// TLSServerName is the name that MS2's certificate must bear; empty means the replica's host.
	TLSServerName string `env:"MS2_TLS_SERVER_NAME"`

	// ConsulWait is how long one blocking query waits for a change.
	ConsulWait time.Duration `env:"MS2_CONSUL_WAIT" default:"60s" range:"1s 10m"`

	// ConsulEmptyGrace is how long the last good set is held after Consul confirmed that the service has no replica; off lets empty mean empty at once.
	ConsulEmptyGrace time.Duration `env:"MS2_CONSUL_EMPTY_GRACE" default:"10s" range:"1ms 1h" off:"true"`

	// ConsulDatacenter is where to look first; empty means the agent's own.
	ConsulDatacenter string `env:"MS2_CONSUL_DATACENTER"`

	// ConsulFailover lists the datacenters to look in while that one has no replica, best first, separated by commas.
	ConsulFailover []string `env:"MS2_CONSUL_FAILOVER"`

	// ConsulTags are what a replica must have, all of them, separated by commas.
	ConsulTags []string `env:"MS2_CONSUL_TAGS"`

	// ConsulFilter is an expression of Consul's filter language that a replica must meet.
	ConsulFilter string `env:"MS2_CONSUL_FILTER"`

	// ConsulNear is a node's name or _agent: the servers are asked and not the agent's stream, so that a change shows sooner, at their cost.
	ConsulNear string `env:"MS2_CONSUL_NEAR"`

	// RememberFile keeps the last good set of replicas on disk, so that a start while the registry is down has some; its directory must exist.
	RememberFile string `env:"MS2_REMEMBER_FILE"`

	// Unknown lists the MS2_ variables that ConfigFromEnv did not know, for [New] to warn of through its logger.
	Unknown []string
}

// Off is the value of a number that switches its feature off, as the word off does in the environment.
const Off = -1

// Secret is a string that prints, logs and marshals as redacted.
type Secret string

const redacted = "[redacted]"

// Format writes a placeholder, whatever the verb: without it a wrong one, such as %d, would print the secret.
func (s Secret) Format(f fmt.State, verb rune) {
	if verb == 'q' || f.Flag('#') {
		_, _ = io.WriteString(f, s.GoString())
		return
	}
	_, _ = io.WriteString(f, s.String())
}

// String returns a placeholder, "" for no secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString returns the same placeholder, for %#v.
func (s Secret) GoString() string { return `"` + s.String() + `"` }

// MarshalText returns the same placeholder, for JSON and structured logs.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// clientID is the host's name unless another was given; when even that is unknown, the balancer makes one up.
func (c Config) clientID() string {
	if c.ClientID != "" {
		return c.ClientID
	}
	name, _ := os.Hostname()
	return name
}
