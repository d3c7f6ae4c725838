package attest_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
)

func TestKeysOverPlainHTTPMustBeAskedForByName(t *testing.T) {
	file := keysFileOf(t)
	for name, c := range map[string]struct {
		cfg     sdk.Config
		options attest.VerifierOptions
		refused bool
	}{
		"http":                           {refused: true},
		"https":                          {cfg: sdk.Config{Scheme: "https"}},
		"http, MS2_KEYS_FILE":            {cfg: sdk.Config{KeysFile: file}},
		"http, MS2_KEYS_INSECURE":        {cfg: sdk.Config{KeysInsecure: true}},
		"http, the Verifier's file":      {options: attest.VerifierOptions{KeysFile: file}},
		"http, the Verifier's own words": {options: attest.VerifierOptions{KeysInsecure: true}},
	} {
		t.Run(name, func(t *testing.T) {
			c.options.Issuer, c.options.Audience, c.cfg.Endpoints = "ms2", "ms1", []string{"127.0.0.1:1"}
			v, err := attest.NewVerifier(c.options)
			if err != nil {
				t.Fatal(err)
			}
			client, err := sdk.New(c.cfg, sdk.WithAttestations(v))
			if err == nil {
				defer client.Close()
			}
			text := errorText(err)
			if c.refused != (strings.Contains(text, "MS2_KEYS_FILE") && strings.Contains(text, "MS2_KEYS_INSECURE")) || c.refused != (err != nil) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// keysFileOf is a file with a key set as MS2 serves it.
func keysFileOf(t *testing.T) string {
	t.Helper()
	file := t.TempDir() + "/jwks.json"
	writeText(t, file, setOf(t, signerOf(t, attest.SignerOptions{}, keyOf(t, "a", attest.EdDSA))))
	return file
}

func TestWhatWasSignedBeforeAnInvalidateIsAsked(t *testing.T) {
	tell(t, func(s *story) {
		signer := signerOf(t, attest.SignerOptions{}, keyOf(t, "a", attest.EdDSA))
		s.up("a:80", signer)
		c, _ := s.client(sdk.Config{})
		pass(time.Second)
		x, y := s.sid(), s.sid()
		forX, forY := s.token(signer, x), s.token(signer, y)
		s.checks(c, x, forX, sdk.Attested)
		pass(time.Minute)
		c.Invalidate(x)
		s.checks(c, x, forX, sdk.Fresh)
		s.checks(c, y, forY, sdk.Attested)
		pass(30 * time.Second) // by which MS2's clock may be ahead of ours
		s.checks(c, x, s.token(signer, x), sdk.Fresh)
		pass(time.Second)
		s.checks(c, x, s.token(signer, x), sdk.Attested)
		s.checks(c, x, forX, sdk.Fresh)
	})
}

// Attack 62: every identity provider serves the path of MS2's key set.
func TestTheKeySetOfAnotherServiceAtAnAddressOfMS2sChangesNothing(t *testing.T) {
	stranger := signerOf(t, attest.SignerOptions{}, keyOf(t, "x", attest.EdDSA))
	foreign := strings.Replace(setOf(t, stranger), `"ms2"`, `"https://login.example"`, 1)
	plain := strings.Replace(setOf(t, stranger), `"ms2_issuer"`, `"issuer"`, 1)
	for name, set := range map[string]string{"of another issuer": foreign, "of no issuer": plain} {
		t.Run(name, func(t *testing.T) {
			tell(t, func(s *story) {
				signer := s.signs(keyOf(t, "a", attest.EdDSA))
				h := s.up("a:80", signer)
				c, _ := s.client(sdk.Config{})
				pass(time.Second)
				s.expects(c, signer, sdk.Attested)
				s.network.serves("a:80", otherKeys{h, set})
				s.expects(c, stranger, sdk.Fresh) // its key is unknown, and brings the fetch
				synctest.Wait()
				for range 20 {
					pass(time.Minute)
					s.expects(c, signer, sdk.Attested)
					s.expects(c, stranger, sdk.Fresh)
				}
				got := stats(c).Keys
				if len(got.IDs) != 1 || got.IDs[0] != "a" || got.Error == nil || !strings.Contains(*got.Error, "ms2_issuer") || *got.AgeSeconds < 1200 {
					t.Errorf("%+v", got)
				}
				if text := s.log.take(); strings.Count(text, "is another's") != 1 || strings.Contains(text, "can't be confirmed") {
					t.Errorf("logged %s", text)
				}
				s.network.serves("a:80", h)
				pass(time.Minute)
				if stats(c).Keys.Error != nil || strings.Count(s.log.take(), "confirmed again") != 1 {
					t.Errorf("%+v", stats(c).Keys)
				}
			})
		})
	}
}
