package sdk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/internal/hook"
	"ms2.internal/lb/sdk/protocol"
)

// Attestations verifies what MS2 signed, so that MS2 need not be asked. The Verifier of the module sdk/attest is one. Verify and
// Stats are called concurrently, and must not block.
type Attestations interface {
	// Open tells of the client that verifies by it. [New] calls it once, and its error is New's.
	Open(AttestationSetup) error

	// Run keeps the keys until ctx ends. It is called once, after Open.
	Run(ctx context.Context)

	// Verify returns what a token vouches for, to a caller whose user is subject ("" for unknown). The attestation is shared and
	// never changes. The error is an [*AttestationError].
	Verify(token, subject string) (*Attestation, error)

	// Stats describes the keys, and what became of tokens.
	Stats() AttestationStats
}

// AttestationSetup is what a client tells its [Attestations].
type AttestationSetup struct {
	// Transport reaches MS2, by whatever host, from Run on: see [Client.RoundTripper].
	Transport http.RoundTripper

	// Encrypted says that it does so by TLS.
	Encrypted bool

	// KeysFile and KeysInsecure are the configuration's.
	KeysFile     string
	KeysInsecure bool

	// Log writes to the client's logger and returns at once.
	Log func(level slog.Level, message string, attrs ...slog.Attr)
}

// Attestation is what MS2 said by one verified token.
type Attestation struct {
	// Items are the SIDs that are valid.
	Items []protocol.Attested

	// Issued is when MS2 signed, by its clock.
	Issued time.Time

	// Since is the moment, by our clock, before which everything that changed in MS2 was known when it signed.
	Since time.Time

	// Expires is until when it is believed.
	Expires time.Time
}

// AttestationError says why a token vouches for nothing. With Forged it is an [ErrForged], else MS2 is asked instead.
type AttestationError struct {
	// Reason is a word for statistics, such as "expired".
	Reason string

	// Detail says the same in a sentence without a capital.
	Detail string

	// Forged says that the token is none that MS2 gave to this user for this service.
	Forged bool
}

// Error returns the detail.
func (e *AttestationError) Error() string {
	if e.Forged {
		return fmt.Sprintf("%v: %s", ErrForged, e.Detail)
	}
	return e.Detail
}

// Is makes a forged one an [ErrForged].
func (e *AttestationError) Is(target error) bool { return e.Forged && target == ErrForged }

// ErrForged: an attestation that came with the data was not signed by MS2, or not for this service and this user. The SID was not
// asked about. Persist nothing: the data was tampered with.
var ErrForged = errors.New("forged attestation")

// AttestationStats describes what became of tokens, and the keys.
type AttestationStats struct {
	Verified   int64            `json:"verified"`   // tokens whose signature was checked and right
	Remembered int64            `json:"remembered"` // tokens known from before
	Forged     map[string]int64 `json:"forged"`     // tokens refused, by reason
	Unusable   map[string]int64 `json:"unusable"`   // tokens for which MS2 was asked, by reason
	Keys       KeyStats         `json:"keys"`
}

// KeyStats describes the keys that attestations are checked against.
type KeyStats struct {
	Source     string   `json:"source"`      // the path at MS2, or the file
	IDs        []string `json:"ids"`         // of the keys in use
	AgeSeconds *float64 `json:"age_seconds"` // since they were last confirmed; null: never
	Fetches    int64    `json:"fetches"`     // requests for them, or readings of the file
	Error      *string  `json:"error"`       // why they could not be confirmed; null when they could
	Dropped    []string `json:"dropped"`     // what of the set was left out, and why
}

// changePlaces is how many places changes have: 512 KiB. At 50 changes a second and attestations that live ten minutes, six of ten
// SIDs that did not change still need no request.
const changePlaces = 1 << 16

// attest has the client verify by a, nil for not at all.
func (c *Client) attest(a Attestations, log *logger) error {
	if a == nil {
		return nil
	}
	err := a.Open(AttestationSetup{
		Transport: c.RoundTripper(),
		Encrypted: c.config.Scheme == "https",
		KeysFile:  c.config.KeysFile, KeysInsecure: c.config.KeysInsecure,
		Log: log.log,
	})
	if err != nil {
		return fmt.Errorf("ms2: attestations: %w", err)
	}
	c.attestations, c.changes = a, cache.NewChanges(changePlaces)
	return nil
}

// keepKeys runs the verifier until the client closes.
func (c *Client) keepKeys(log *logger) {
	if c.attestations == nil {
		return
	}
	c.hooks.Go(hook.Verifier, func() { c.attestations.Run(c.ctx) }, func(fault error) {
		if fault != nil {
			log.about(subject{name: "/keys", part: beginning}, slog.LevelError, "ms2: the keys of attestations are not renewed any more", slog.Any("error", fault))
		}
	})
}

// attestationStats are the verifier's. One that panics has none.
func (c *Client) attestationStats() (s *AttestationStats) {
	if c.attestations == nil {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			what := fmt.Sprintf("the verifier panicked: %v", p)
			s = &AttestationStats{Keys: KeyStats{Error: &what}}
		}
	}()
	got := c.attestations.Stats()
	return &got
}
