package replica

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"ms2.internal/lb/sdk/attest"
	"ms2.internal/lb/sdk/protocol"
)

// issuer names MS2 in its attestations and its key set.
const issuer = "ms2"

// signer signs with the keys of a file, and follows it when they are rotated; nil without one.
func (o options) signer(log *slog.Logger) (protocol.Attester, error) {
	if o.keys == "" {
		return nil, nil
	}
	if err := MakeKeys(o.keys); err != nil {
		return nil, fmt.Errorf("-keys: %w", err)
	}
	signer, err := attest.NewSigner(attest.SignerOptions{Issuer: issuer, Audience: o.audience, Life: o.life, KeysFile: o.keys, Logger: log})
	if err != nil {
		return nil, fmt.Errorf("-keys %s can't be used: make one by the command ms2keys of sdk/attest, or remove it and have one made (%w)", o.keys, err)
	}
	return signer, nil
}

// MakeKeys makes a file with a signing key, unless it is there.
func MakeKeys(file string) error {
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	key, err := attest.GenerateKey(attest.EdDSA)
	if err != nil {
		return err
	}
	text, err := attest.MarshalSigningKeys(key)
	if err != nil {
		return err
	}
	return writeNew(file, text)
}

// writeNew makes a file whole, or leaves the one that another replica made meanwhile.
func writeNew(file string, text []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)) // for the owner alone
	if err != nil {
		var bad *fs.PathError // it names the temporary file
		if errors.As(err, &bad) {
			err = bad.Err
		}
		return fmt.Errorf("%s can't be made in its directory: %w", file, err)
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(text)
	if err = errors.Join(err, temp.Close()); err != nil {
		return err
	}
	if err := os.Link(temp.Name(), file); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
