package attest_test

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
	"ms2.internal/lb/sdk/protocol"
)

// story is MS1 and MS2 from the outside: clients with a Verifier, replicas with a Signer, and a network between them.
type story struct {
	*testing.T
	network *network
	log     *log
	sids    int // that were checked: each has one of its own, so that nothing is cached
}

// tell runs a story in a bubble of time.
func tell(t *testing.T, told func(*story)) {
	t.Helper()
	bubble(t, func(t *testing.T) {
		told(&story{T: t, network: &network{replicas: map[string]http.Handler{}}, log: &log{}})
	})
}

// everyFlag is the pace of checks in between. That of a whole story, without the race detector:
//
//	go -C sdk/attest test -run 'TestARotation|TestTwoReplicas' -every 10ms -v
var everyFlag = flag.Duration("every", 500*time.Millisecond, "the time between two checks of a story's load, where nothing happens")

// The times of the stories, short, so that there are not too many checks.
const (
	storyLife    = 10 * time.Second
	storyMaxAge  = time.Minute
	storyRenewal = storyMaxAge * 8 / 10 // at the latest
	storyGap     = 30 * time.Second     // between two fetches that lack a key, and of a cooldown
)

// signs returns a signer with keys.
func (s *story) signs(keys ...attest.SigningKey) *attest.Signer {
	s.Helper()
	return signerOf(s, attest.SignerOptions{Life: storyLife, KeySetMaxAge: storyMaxAge}, keys...)
}

// follows returns a signer that follows a file.
func (s *story) follows(file string) *attest.Signer {
	s.Helper()
	return signerOf(s, attest.SignerOptions{Life: storyLife, KeySetMaxAge: storyMaxAge, KeysFile: file})
}

// up starts a replica that signs by signer.
func (s *story) up(host string, signer *attest.Signer) *protocol.Handler {
	h := protocol.NewHandler(genuine{}, protocol.HandlerOptions{Attester: signer})
	s.network.serves(host, h)
	return h
}

// client is one of MS1's, and its line to MS2. Its replicas are a:80 and b:80, whether they are up or not.
func (s *story) client(cfg sdk.Config) (*sdk.Client, *line) {
	s.Helper()
	v, err := attest.NewVerifier(attest.VerifierOptions{Issuer: "ms2", Audience: "ms1"})
	if err != nil {
		s.Fatal(err)
	}
	l := &line{network: s.network}
	cfg.Endpoints = []string{"a:80", "b:80"}
	cfg.KeysInsecure = true
	c, err := sdk.New(cfg, sdk.WithAttestations(v), sdk.WithLogger(s.log.logger()),
		sdk.WithTransport(func(http.RoundTripper) http.RoundTripper { return l }))
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() {
		if err := c.Close(); err != nil {
			s.Error(err)
		}
	})
	return c, l
}

// sid is one that was not checked before.
func (s *story) sid() string {
	s.sids++
	return fmt.Sprint("sid-", s.sids)
}

// token is one for a SID, signed now.
func (s *story) token(signer *attest.Signer, sid string) sdk.CheckOption {
	s.Helper()
	token, err := signer.Sign("", attest.Item{SID: sid, Kind: "product", Version: "3"})
	if err != nil {
		s.Fatal(err)
	}
	return sdk.AttestedBy(token)
}

// outcome is what became of checks.
type outcome struct {
	attested, asked, failed int
	askedFirst, askedLast   time.Time // when a check had been asked
	last                    error
}

func (o outcome) String() string {
	return fmt.Sprintf("%d attested, %d asked, %d failed, last: %v", o.attested, o.asked, o.failed, o.last)
}

// load checks for a while, each time a SID of its own with a token just signed, by one of the signers in turn: every 10 ms in the
// first second, in which something has happened, or will.
func (s *story) load(c *sdk.Client, d time.Duration, signers ...*attest.Signer) (o outcome) {
	s.Helper()
	began := time.Now()
	for i := 0; time.Since(began) < d; i++ {
		next := time.Now().Add(10 * time.Millisecond)
		if time.Since(began) >= time.Second {
			next = time.Now().Add(*everyFlag)
		}
		o.add(s.once(c, signers[i%len(signers)]))
		pass(time.Until(next))
	}
	return o
}

func (o *outcome) add(v sdk.Verdict, err error) {
	switch {
	case err != nil:
		o.failed, o.last = o.failed+1, err
	case v.Valid && v.Origin == sdk.Attested:
		o.attested++
	case v.Valid && v.Origin == sdk.Fresh:
		o.askedLast = time.Now()
		if o.asked++; o.askedFirst.IsZero() {
			o.askedFirst = o.askedLast
		}
	default:
		o.failed, o.last = o.failed+1, fmt.Errorf("a wrong verdict: %+v", v)
	}
}

// plus adds what came after.
func (o outcome) plus(more outcome) outcome {
	sum := outcome{
		attested: o.attested + more.attested, asked: o.asked + more.asked, failed: o.failed + more.failed,
		askedFirst: o.askedFirst, askedLast: more.askedLast, last: errors.Join(o.last, more.last),
	}
	if o.asked == 0 {
		sum.askedFirst = more.askedFirst
	}
	if more.asked == 0 {
		sum.askedLast = o.askedLast
	}
	return sum
}

// once checks a SID of its own with a token just signed.
func (s *story) once(c *sdk.Client, signer *attest.Signer) (sdk.Verdict, error) {
	s.Helper()
	sid := s.sid()
	return c.Validate(s.Context(), sid, s.token(signer, sid))
}

// expects a check with a token just signed to end so.
func (s *story) expects(c *sdk.Client, signer *attest.Signer, want sdk.Origin) {
	s.Helper()
	if v, err := s.once(c, signer); err != nil || !v.Valid || v.Origin != want {
		s.Errorf("got %v %v, %v, want %v", v.Origin, v.Valid, err, want)
	}
}

// stats are those of attestations.
func stats(c *sdk.Client) *sdk.AttestationStats { return c.Stats().Attestations }
