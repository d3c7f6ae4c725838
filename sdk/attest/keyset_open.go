package attest

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// Open implements [sdk.Attestations]: [sdk.New] calls it, once. It reads the file of keys if there is one, and sends nothing yet.
// A Verifier is for one client: once Open succeeded, every other call is an error.
func (v *Verifier) Open(setup sdk.AttestationSetup) error {
	if v == nil || v.options.Issuer == "" {
		return errors.New("the Verifier is nil or a zero one: make it by NewVerifier")
	}
	if v.ring.opened.Swap(true) {
		return errors.New("the Verifier is in use by another client: make one for each")
	}
	err := v.open(setup)
	if err != nil {
		v.ring.opened.Store(false)
	}
	return err
}

func (v *Verifier) open(setup sdk.AttestationSetup) error {
	k := keeper{ring: &v.ring, issuer: v.options.Issuer, algorithms: v.options.Algorithms, log: setup.Log}
	if k.log == nil {
		k.log = func(slog.Level, string, ...slog.Attr) {}
	}
	switch {
	case v.options.KeysFile != "":
		return openFile(k, v.options.KeysFile, "VerifierOptions.KeysFile")
	case setup.KeysFile != "":
		return openFile(k, setup.KeysFile, "MS2_KEYS_FILE")
	case !setup.Encrypted && !setup.KeysInsecure && !v.options.KeysInsecure:
		return errors.New("the keys of attestations would come by plain http, where anybody on the way can replace them: " +
			"set MS2_SCHEME=https, or MS2_KEYS_FILE to keys that were brought here by other means, " +
			"or MS2_KEYS_INSECURE=on where the network is trusted")
	case setup.Transport == nil:
		return errors.New("the Verifier has no transport to fetch keys by: set AttestationSetup.Transport, or MS2_KEYS_FILE")
	}
	openFetcher(k, setup.Transport, setup.Encrypted)
	return nil
}

// openFetcher has the keys fetched from MS2.
func openFetcher(k keeper, transport http.RoundTripper, encrypted bool) {
	f := &fetcher{keeper: k, exchange: exchange{transport: transport, url: "http://ms2" + protocol.PathKeys}}
	if encrypted {
		f.exchange.url = "https://ms2" + protocol.PathKeys
	}
	k.ring.note(func(s *status) { s.source = protocol.PathKeys })
	k.ring.wake = make(chan struct{}, 1)
	k.ring.keep = f.run
}

// Run implements [sdk.Attestations]: it keeps the keys until ctx ends. Without an Open that succeeded it returns at once.
func (v *Verifier) Run(ctx context.Context) {
	if v.ring.keep != nil {
		v.ring.keep(ctx)
	}
}
