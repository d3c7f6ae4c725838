package attest_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk/attest"
)

// fleet is replicas behind a balancer, as the verifiers see them: a key set is had from any replica and kept for its maximum age,
// a token is had from any replica and counts for its life.
type fleet struct {
	t        *testing.T
	replicas []*attest.Signer
	sets     map[string]time.Time // each text that was served, and when last
	tokens   map[string]time.Time // each key that was signed by, and when last
	missed   int
}

const (
	maxAge = 10 * time.Minute // the defaults
	life   = 10 * time.Minute
	tick   = 10 * time.Second
)

func fleetOf(t *testing.T, replicas ...*attest.Signer) *fleet {
	return &fleet{t: t, replicas: replicas, sets: map[string]time.Time{}, tokens: map[string]time.Time{}}
}

// run lets time pass, and counts in each tick the tokens that count and are by a key that a set still in use lacks.
func (f *fleet) run(d time.Duration) {
	for range d / tick {
		pass(tick)
		now := time.Now()
		for _, s := range f.replicas {
			body, _ := io.ReadAll(served(s, http.MethodGet).Body)
			f.sets[string(body)] = now
			f.tokens[kidOf(f.t, sign(f.t, s))] = now
		}
		maps.DeleteFunc(f.sets, func(_ string, at time.Time) bool { return now.Sub(at) >= maxAge })
		maps.DeleteFunc(f.tokens, func(_ string, at time.Time) bool { return now.Sub(at) >= life })
		for id := range f.tokens {
			for set := range f.sets {
				if !strings.Contains(set, `"kid":"`+id+`"`) {
					f.missed++
				}
			}
		}
	}
}

// kidOf is the ID of the key of a token.
func kidOf(t *testing.T, token string) string {
	t.Helper()
	var header struct{ Kid string }
	first, _, _ := strings.Cut(token, ".")
	text, err := base64.RawURLEncoding.DecodeString(first)
	if err := errors.Join(err, json.Unmarshal(text, &header)); err != nil {
		t.Fatal(err)
	}
	return header.Kid
}

// signs wants every replica to sign by a key and to publish the given ones.
func (f *fleet) signs(id string, published ...string) {
	f.t.Helper()
	for _, s := range f.replicas {
		signsBy(f.t, s, id)
		publishes(f.t, s, published...)
	}
}

func TestReplicasThatAreRestartedOneAfterTheOtherNeverSignByAKeyThatASetInUseLacks(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a, b := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA)
		f := fleetOf(t, signerOf(t, attest.SignerOptions{}, a), signerOf(t, attest.SignerOptions{}, a))
		f.run(30 * time.Minute)
		b = later(b, 15*time.Minute)
		roll := func(keys ...attest.SigningKey) {
			for i := range f.replicas {
				f.replicas[i] = signerOf(t, attest.SignerOptions{}, keys...)
				f.run(4 * time.Minute)
			}
		}
		roll(a, b)
		f.signs("a", "a", "b")
		f.run(17 * time.Minute) // life has passed since From
		f.signs("b", "a", "b")
		roll(b)
		f.run(30 * time.Minute)
		f.signs("b", "b")
		if f.missed != 0 {
			t.Errorf("%d times a token met a set without its key", f.missed)
		}
	})
}

func TestReplicasWhoseFileIsReplacedNeverSignByAKeyThatASetInUseLacks(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a, b := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA)
		file := keysFile(t, a)
		f := fleetOf(t)
		for range 3 {
			f.replicas = append(f.replicas, followerOf(t, file, nil))
			pass(3 * time.Second)
		}
		f.run(15 * time.Minute)
		writeKeys(t, file, b)
		f.run(40 * time.Minute)
		f.signs("b", "b")
		if f.missed != 0 {
			t.Errorf("%d times a token met a set without its key", f.missed)
		}
	})
}

// keysFile is a file of keys.
func keysFile(t *testing.T, keys ...attest.SigningKey) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "keys.json")
	writeKeys(t, file, keys...)
	return file
}

func writeKeys(t *testing.T, file string, keys ...attest.SigningKey) {
	t.Helper()
	text, err := attest.MarshalSigningKeys(keys...)
	if err != nil {
		t.Fatal(err)
	}
	writeText(t, file, string(text))
}

func writeText(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// followerOf has the keys of a file, and logs to l.
func followerOf(t *testing.T, file string, l *log) *attest.Signer {
	t.Helper()
	o := attest.SignerOptions{KeysFile: file}
	if l != nil {
		o.Logger = l.logger()
	}
	return signerOf(t, o)
}
