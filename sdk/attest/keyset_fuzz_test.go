package attest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// FuzzParseSet holds what is taken against the standard library, and what is said of the rest against its bounds.
func FuzzParseSet(f *testing.F) {
	for _, set := range []string{
		setOf(keyA), setOf(keyA, keyB, ecKeyFixed), setOf(keyA, keyA), setOf(rsaKey, keyA), setBy("idp", keyA), `{"keys":[` + keyA + `]}`,
		setOf(with(keyA, "d", `"AA"`), keyB), setOf(with(keyA, "kid", `"\u0061"`), keyB), setOf(`{"kty":"oct","k":"AA","kid":"s"}`),
		setOf(with(keyA, "x5c", `["AA=="]`), keyB), setOf(with(keyA, "x5t", `"AA"`)), setOf(`null`, `7`, `[]`), `null`, ``, `{"keys":` + strings.Repeat("[", 100),
		setOf(`{"kty":"AKP","alg":"ML-DSA-44","pub":"AA","kid":"m"}`, keyA), setOf(with(keyA, "key_ops", `["verify"]`)),
	} {
		f.Add([]byte(set), true)
		f.Add([]byte(set), false)
	}
	f.Fuzz(func(t *testing.T, data []byte, required bool) {
		given := bytes.Clone(data)
		keys, dropped, err := parseSet(data, "ms2", required)
		if !bytes.Equal(given, data) {
			t.Fatal("the input changed")
		}
		if text := fmt.Sprint(err); len(text) > 3*(maxWords+100) {
			t.Errorf("an error of %d bytes", len(text))
		}
		for _, why := range dropped {
			if len(why) > maxWords+100 {
				t.Errorf("a reason of %d bytes", len(why))
			}
		}
		if err == nil {
			checkTaken(t, data, keys, len(dropped), required)
		}
	})
}

// ecKeyFixed is a key that each run has, so that the seeds are the same.
const ecKeyFixed = `{"kty":"EC","crv":"P-256","kid":"e","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}`

func checkTaken(t *testing.T, data []byte, keys map[string]*key, dropped int, required bool) {
	var set map[string]json.RawMessage
	if err := json.Unmarshal(data, &set); err != nil {
		t.Fatalf("the standard library: %v", err)
	}
	if _, named := set["ms2_issuer"]; !named && required || len(keys) < 1 || len(keys)+dropped > maxSetKeys {
		t.Errorf("issuer %v, %d keys, %d dropped", named, len(keys), dropped)
	}
	for _, id := range slices.Sorted(maps.Keys(keys)) {
		k := keys[id]
		if id != k.id || !checkKeyID(id) {
			t.Errorf("the key %q is called %q", id, k.id)
		}
		switch public := k.public.(type) {
		case ed25519.PublicKey:
			err := ed25519.VerifyWithOptions(public, nil, make([]byte, 64), &ed25519.Options{})
			if k.algorithm != EdDSA || err == nil || strings.Contains(err.Error(), "public key") {
				t.Errorf("%s of %x: %v", k.algorithm, public, err)
			}
		case *ecdsa.PublicKey:
			if _, err := public.ECDH(); err != nil || k.algorithm != ES256 || public.Curve.Params().BitSize != 256 {
				t.Errorf("%s on %v: %v", k.algorithm, public.Curve, err)
			}
		default:
			t.Errorf("a key of the type %T", public)
		}
	}
}
