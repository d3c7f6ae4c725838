package browser_test

import (
	"os"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk/attest"
)

// signingKeys are those of the file that the fleet's replicas sign with.
type signingKeys struct {
	inUse     attest.SigningKey
	withdrawn attest.SigningKey // as it was before
}

// makeKeys makes the file before the fleet does.
func makeKeys(file string) (k signingKeys, err error) {
	if k.inUse, err = attest.GenerateKey(attest.EdDSA); err != nil {
		return k, err
	}
	if k.withdrawn, err = attest.GenerateKey(attest.EdDSA); err != nil {
		return k, err
	}
	text, err := attest.MarshalSigningKeys(k.inUse, attest.SigningKey{ID: k.withdrawn.ID, Withdrawn: true})
	if err != nil {
		return k, err
	}
	return k, os.WriteFile(file, text, 0o600)
}

// sign is an attestation of an entity for a user.
func sign(t *testing.T, key attest.SigningKey, audience, user string, e entity) string {
	t.Helper()
	signer, err := attest.NewSigner(attest.SignerOptions{Issuer: "ms2", Audience: audience, Keys: []attest.SigningKey{key}})
	if err != nil {
		t.Fatal(err)
	}
	token, err := signer.Sign(user, attest.Item{SID: e.SID, Kind: e.Kind, Version: e.Version})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// expired is an attestation from long ago: the clock of a bubble begins in the year 2000.
func expired(t *testing.T, e entity) (token string, end time.Time) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		token, end = sign(t, keys.inUse, "ms1", "ada", e), time.Now().Add(10*time.Minute)
	})
	return token, end
}
