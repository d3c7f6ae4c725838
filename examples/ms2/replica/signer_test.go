package replica

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
)

// verifier is what an MS1 would make, with the keys that the replica publishes.
func verifier(t *testing.T, addr string) *attest.Verifier {
	t.Helper()
	_, keys := get("http://" + addr + "/.well-known/jwks.json")
	file := filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(file, []byte(keys), 0o600); err != nil {
		t.Fatal(err)
	}
	v, err := attest.NewVerifier(attest.VerifierOptions{Issuer: "ms2", Audience: "ms1", KeysFile: file})
	if err == nil {
		err = v.Open(sdk.AttestationSetup{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestPagesComeWithAttestationsWhereTheyAreAskedFor(t *testing.T) {
	t.Parallel()
	l := listen(t)
	defer start(t, l, "-keys", filepath.Join(t.TempDir(), "signing-keys.json"))()
	v := verifier(t, l.Addr().String())
	var page struct {
		Entities []struct{ SID, Kind, Version, Attestation string }
	}
	_, body := get("http://" + l.Addr().String() + "/v1/entities?prefix=usb:046d&limit=5&attest=1")
	if err := json.Unmarshal([]byte(body), &page); err != nil || len(page.Entities) != 5 {
		t.Fatalf("got %s, %v", body, err)
	}
	for _, e := range page.Entities {
		said, err := v.Verify(e.Attestation, "")
		if err != nil || len(said.Items) != 1 || said.Items[0] != (attest.Item{SID: e.SID, Kind: e.Kind, Version: e.Version}) {
			t.Errorf("%s: got %+v, %v", e.SID, said, err)
		}
	}
}

func TestAKeysFileThatCannotBeUsedIsNamedWithTheRemedy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	missing, empty, none := filepath.Join(dir, "missing", "keys.json"), filepath.Join(dir, "empty.json"), filepath.Join(dir, "none.json")
	for file, text := range map[string]string{empty: `{"keys":[]}`, none: "not JSON"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for file, want := range map[string]string{missing: "-keys: " + missing + " can't be made", empty: "ms2keys", none: "ms2keys"} {
		o := options{keys: file, audience: "ms1", life: time.Minute}
		if signer, err := o.signer(slog.Default()); err == nil || signer != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, %v, want %q", file, signer, err, want)
		}
	}
}

func TestReplicasThatStartAtOnceShareOneKey(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "signing-keys.json")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := MakeKeys(file); err != nil {
				t.Error(err)
			}
			text, err := os.ReadFile(file)
			if keys, bad := attest.ParseSigningKeys(text); err != nil || bad != nil || len(keys) != 1 {
				t.Errorf("got %v, %v, %v", keys, err, bad)
			}
		})
	}
	all.Wait()
	if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 1 {
		t.Errorf("got %v, %v", left, err)
	}
}
