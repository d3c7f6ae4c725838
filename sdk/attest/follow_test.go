package attest

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// inPinnedBench runs a story with keys that a file pins.
func inPinnedBench(t *testing.T, set string, story func(b *keyBench, path string)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys.json")
	put(t, path, set)
	synctest.Test(t, func(t *testing.T) {
		b := newKeyBench(t, VerifierOptions{Issuer: "ms2", Algorithms: []string{EdDSA}})
		setup := b.setup()
		setup.KeysFile = path
		if err := b.Open(setup); err != nil {
			t.Fatal(err)
		}
		b.run()
		story(b, path)
		b.fetched(0)
	})
}

func TestPinnedKeysCountFromOpenAndAreNeverFetched(t *testing.T) {
	inPinnedBench(t, setOf(keyA), func(b *keyBench, path string) {
		b.has("a")
		b.asks()
		b.pass(25 * time.Hour)
		b.has("a")
		if s := b.ring.stats(); s.Source != path || *s.AgeSeconds > 10 || s.Fetches != 9001 || s.Error != nil {
			t.Errorf("%+v, age %v", s, *s.AgeSeconds)
		}
	})
}

func TestAPinnedSetNeedsNotNameItsIssuer(t *testing.T) {
	inPinnedBench(t, `{"keys":[`+keyA+`]}`, func(b *keyBench, _ string) { b.has("a") })
}

func TestAPinnedFileIsFollowed(t *testing.T) {
	inPinnedBench(t, setOf(keyA, keyB), func(b *keyBench, path string) {
		gone, stays := b.key("a"), b.key("b")
		put(t, path, setOf(keyB, keyC))
		b.until(10*time.Second - time.Nanosecond)
		b.has("a", "b")
		b.pass(time.Nanosecond)
		b.has("b", "c") // what it lacks is gone at once
		if !gone.gone.Load() || b.key("b") != stays || stays.gone.Load() {
			t.Error("gone, or replaced, wrongly")
		}
		b.wantLogged(slog.LevelInfo, "withdrawn [keys=[a]]", 1)
		b.wantLogged(slog.LevelInfo, "new [keys=[c]]", 1)
	})
}

func TestALinkThatLeadsElsewhereIsFollowed(t *testing.T) {
	dir := t.TempDir()
	for name, key := range map[string]string{"1": keyA, "2": keyB} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, name, "keys"), setOf(key))
	}
	link := func(to string) {
		_ = os.Remove(filepath.Join(dir, "data"))
		if err := os.Symlink(to, filepath.Join(dir, "data")); err != nil {
			t.Fatal(err)
		}
	}
	link("1")
	synctest.Test(t, func(t *testing.T) {
		b := newKeyBench(t, VerifierOptions{Issuer: "ms2", Algorithms: []string{EdDSA}, KeysFile: filepath.Join(dir, "data", "keys")})
		if err := b.Open(b.setup()); err != nil {
			t.Fatal(err)
		}
		b.run()
		b.has("a")
		link("2") // as a ConfigMap is changed
		b.pass(10 * time.Second)
		b.has("b")
	})
}

func TestABadFileKeepsTheLastGoodKeys(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, path string){
		"away":       func(t *testing.T, path string) { _ = os.Remove(path) },
		"empty":      func(t *testing.T, path string) { put(t, path, "") },
		"half":       func(t *testing.T, path string) { put(t, path, setOf(keyB)[:60]) },
		"no keys":    func(t *testing.T, path string) { put(t, path, setOf()) },
		"another's":  func(t *testing.T, path string) { put(t, path, setBy("idp", keyB)) },
		"too large":  func(t *testing.T, path string) { put(t, path, setOf(keyB)+strings.Repeat(" ", 1<<16)) },
		"a pipe":     func(t *testing.T, path string) { _ = os.Remove(path); _ = syscall.Mkfifo(path, 0o600) },
		"a folder":   func(t *testing.T, path string) { _ = os.Remove(path); _ = os.Mkdir(path, 0o700) },
		"other keys": func(t *testing.T, path string) { put(t, path, setOf(keyE)) },
	} {
		t.Run(name, func(t *testing.T) {
			inPinnedBench(t, setOf(keyA), func(b *keyBench, path string) {
				a := b.key("a")
				spoil(t, path)
				b.pass(10 * time.Minute)
				if b.key("a") != a || a.gone.Load() {
					t.Error("the keys changed")
				}
				if got := b.trouble(); !strings.Contains(got, path) {
					t.Errorf("%q does not name the file", got)
				}
				if n := b.logged(slog.LevelWarn, path) + b.logged(slog.LevelError, path); n != 1 {
					t.Errorf("%q", b.logs)
				}
				_ = os.Remove(path)
				put(t, path, setOf(keyA))
				b.pass(10 * time.Second)
				if b.trouble() != "" || b.key("a") != a {
					t.Errorf("%q, or another key", b.trouble())
				}
				b.wantLogged(slog.LevelInfo, "confirmed again [after=10m0s]", 1)
			})
		})
	}
}

func TestEachOtherFaultOfAFileIsLoggedOnce(t *testing.T) {
	private := `{"kty":"OKP","crv":"Ed25519","kid":"p","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}`
	inPinnedBench(t, setOf(keyA), func(b *keyBench, path string) {
		for _, fault := range []struct{ text, says string }{
			{"junk", "cannot be read"}, {setOf(private), "it is known to others now"}, {setOf(), "has no keys"}, {"junk", "cannot be read"},
		} {
			before := len(b.logs)
			put(t, path, fault.text)
			b.pass(10 * time.Minute)
			if got := b.logs[before:]; len(got) != 1 || !strings.Contains(got[0], fault.says) {
				t.Errorf("%q, want one with %q", got, fault.says)
			}
		}
		put(t, path, setOf(keyA))
		b.pass(10 * time.Minute)
		put(t, path, "junk")
		b.pass(10 * time.Minute)
		b.wantLogged(slog.LevelWarn, "cannot be read", 3)
	})
}

func TestABadFileAtOpenIsItsError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	for _, c := range []struct{ text, why string }{
		{"", "no such file"}, {"<html>", "cannot be read"}, {setOf(), "no keys"}, {setBy("idp", keyA), `"idp"`}, {setOf(keyE), "VerifierOptions.Algorithms"},
	} {
		if c.text != "" {
			put(t, path, c.text)
		}
		for setting, v := range map[string]*Verifier{
			"MS2_KEYS_FILE":            {options: VerifierOptions{Issuer: "ms2", Algorithms: []string{EdDSA}}},
			"VerifierOptions.KeysFile": {options: VerifierOptions{Issuer: "ms2", Algorithms: []string{EdDSA}, KeysFile: path}},
		} {
			setup := sdk.AttestationSetup{Transport: &keyServer{}, Encrypted: true}
			if v.options.KeysFile == "" {
				setup.KeysFile = path
			}
			err := v.Open(setup)
			for _, part := range []string{setting, path, c.why} {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("%q: %v, want %q in it", c.text, err, part)
				}
			}
		}
	}
}

func TestTheFileInCodeWins(t *testing.T) {
	dir := t.TempDir()
	code, environment := filepath.Join(dir, "code"), filepath.Join(dir, "environment")
	put(t, code, setOf(keyA))
	put(t, environment, setOf(keyB))
	b := newKeyBench(t, VerifierOptions{Issuer: "ms2", Algorithms: []string{EdDSA}, KeysFile: code})
	setup := b.setup()
	setup.KeysFile = environment
	if err := b.Open(setup); err != nil {
		t.Fatal(err)
	}
	b.has("a")
}
