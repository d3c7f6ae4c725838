package attest

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

func TestKeysAreNotTakenInPlainTextUnasked(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys")
	put(t, file, setOf(keyA))
	for _, c := range []struct {
		options VerifierOptions
		setup   sdk.AttestationSetup
		want    bool
	}{
		{want: false},
		{setup: sdk.AttestationSetup{Encrypted: true}, want: true},
		{setup: sdk.AttestationSetup{KeysInsecure: true}, want: true},
		{options: VerifierOptions{KeysInsecure: true}, want: true},
		{setup: sdk.AttestationSetup{KeysFile: file}, want: true},
		{options: VerifierOptions{KeysFile: file}, want: true},
	} {
		c.options.Issuer, c.options.Algorithms, c.setup.Transport = "ms2", []string{EdDSA}, &keyServer{}
		err := (&Verifier{options: c.options}).Open(c.setup)
		if (err == nil) != c.want {
			t.Errorf("%+v: %v", c, err)
		}
		for _, name := range []string{"MS2_SCHEME=https", "MS2_KEYS_FILE", "MS2_KEYS_INSECURE=on"} {
			if err != nil && !strings.Contains(err.Error(), name) {
				t.Errorf("%q does not name %s", err, name)
			}
		}
	}
}

func TestPlainTextThatWasAskedForIsFetchedSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newKeyBench(t, VerifierOptions{Issuer: "ms2", Algorithms: []string{EdDSA}, KeysInsecure: true})
		setup := b.setup()
		setup.Encrypted = false
		if err := b.Open(setup); err != nil {
			t.Fatal(err)
		}
		b.run()
		if got := b.server.last().URL.String(); got != "http://ms2/.well-known/jwks.json" {
			t.Error(got)
		}
	})
}

func TestAVerifierIsForOneClient(t *testing.T) {
	v := &Verifier{options: VerifierOptions{Issuer: "ms2", Algorithms: []string{EdDSA}}}
	if err := v.Open(sdk.AttestationSetup{Transport: &keyServer{}}); err == nil {
		t.Error("in plain text")
	}
	setup := sdk.AttestationSetup{Transport: &keyServer{}, Encrypted: true}
	if err := v.Open(setup); err != nil {
		t.Errorf("after one that failed: %v", err)
	}
	if err := v.Open(setup); err == nil || !strings.Contains(err.Error(), "another client") {
		t.Errorf("the second: %v", err)
	}
}

func TestAVerifierThatIsNotOpenHasNoKeysAndRunsNothing(t *testing.T) {
	v := &Verifier{options: VerifierOptions{Issuer: "ms2"}}
	v.Run(t.Context())
	v.ring.unknown()
	if k, known := v.ring.find("a"); k != nil || known {
		t.Errorf("%v, known %v", k, known)
	}
	if s := v.ring.stats(); s.IDs == nil || s.Dropped == nil || s.AgeSeconds != nil || s.Error != nil {
		t.Errorf("%+v", s)
	}
	if err := v.Open(sdk.AttestationSetup{Encrypted: true}); err == nil || !strings.Contains(err.Error(), "Transport") {
		t.Errorf("without a transport: %v", err)
	}
}

func TestNothingIsSentBeforeRun(t *testing.T) {
	v := &Verifier{options: VerifierOptions{Issuer: "ms2"}}
	server := &keyServer{}
	if err := v.Open(sdk.AttestationSetup{Transport: server, Encrypted: true}); err != nil || server.count() != 0 {
		t.Errorf("%v, %d requests", err, server.count())
	}
}

func TestRunEndsWithItsContextWhateverItDoes(t *testing.T) {
	for name, prepare := range map[string]func(*keyServer){
		"waits": nil, "retries": func(s *keyServer) { s.fails(errors.New("down")) },
	} {
		t.Run(name, func(t *testing.T) { inKeyBench(t, prepare, func(b *keyBench) { b.pass(time.Minute) }) }) // the bench looks
	}
}

func TestAFetchThatEndsWithRunIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newKeyBench(t, VerifierOptions{Issuer: "ms2"})
		b.server.answers(hang)
		if err := b.Open(b.setup()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if b.trouble() != "" || len(b.logs) > 0 {
				t.Errorf("%q, %q", b.trouble(), b.logs)
			}
		})
		b.run()
		b.pass(time.Second)
	})
}

func TestStatisticsDescribeTheKeys(t *testing.T) {
	inKeyBench(t, func(s *keyServer) { s.serves(setOf(keyC, keyA, keyB, rsaKey)) }, func(b *keyBench) {
		b.pass(90 * time.Second)
		s := b.ring.stats()
		if s.Source != "/.well-known/jwks.json" || !slices.Equal(s.IDs, []string{"a", "b", "c"}) || *s.AgeSeconds != 90 || s.Fetches != 1 ||
			s.Error != nil || len(s.Dropped) != 1 {
			t.Errorf("%+v", s)
		}
		b.server.fails(errors.New(strings.Repeat("long ", 1_000)))
		b.asks()
		s = b.ring.stats()
		if *s.AgeSeconds != 90 || s.Fetches != 2 || s.Error == nil || len(*s.Error) > 610 || !slices.Equal(s.IDs, []string{"a", "b", "c"}) {
			t.Errorf("%+v", s)
		}
	})
}
