package attest_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"ms2.internal/lb/sdk/attest"
)

func TestAFileOfKeysIsReadAgainEveryTenSecondsOfUse(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a, b := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA)
		file := keysFile(t, a)
		s := followerOf(t, file, nil)
		writeKeys(t, file, b)
		pass(10*time.Second - step)
		publishes(t, s, "a")
		pass(step)
		publishes(t, s, "a", "b")
		pass(lead - step)
		signsBy(t, s, "a")
		pass(step)
		signsBy(t, s, "b")
	})
}

func TestAFileThatIsALinkIsFollowed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a, b := keysFile(t, keyOf(t, "a", attest.EdDSA)), keysFile(t, keyOf(t, "b", attest.EdDSA))
		link := filepath.Join(t.TempDir(), "link")
		if err := os.Symlink(a, link); err != nil {
			t.Skip(err)
		}
		s := followerOf(t, link, nil)
		if err := os.Symlink(b, link+".new"); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(link+".new", link); err != nil {
			t.Fatal(err)
		}
		pass(10 * time.Second)
		publishes(t, s, "a", "b")
	})
}

func TestWhileTheFileIsBadTheLastGoodSetStaysAndTheReasonIsLoggedOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a, b := keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA)
		file := keysFile(t, a)
		whole, _ := attest.MarshalSigningKeys(b)
		var l log
		s := followerOf(t, file, &l)
		for text, says := range map[string]string{
			"": "JSON Web Key Set", string(whole[:len(whole)/2]): "look at byte", `{"keys":[]}`: "no key to sign by",
			`{"keys":[{"kty":"RSA","kid":"r"}]}`: "use OKP and Ed25519",
		} {
			writeText(t, file, text)
			for range 3 {
				pass(10 * time.Second)
				signsBy(t, s, "a")
			}
			logs(t, &l, "the last good set stays in use", says, file)
		}
		os.Remove(file)
		pass(10 * time.Second)
		signsBy(t, s, "a")
		logs(t, &l, "the last good set stays in use", "no such file")
		writeKeys(t, file, a)
		pass(10 * time.Second)
		signsBy(t, s, "a")
		logs(t, &l, "can be used again")
		publishes(t, s, "a")
	})
}

func TestAFileThatGivesAnIDToAnotherKeyIsBad(t *testing.T) {
	bubble(t, func(t *testing.T) {
		file := keysFile(t, keyOf(t, "a", attest.EdDSA))
		var l log
		s := followerOf(t, file, &l)
		writeKeys(t, file, keyOf(t, "a", attest.EdDSA))
		for range 2 {
			pass(10 * time.Second)
			signsBy(t, s, "a")
		}
		logs(t, &l, "is another than before")
	})
}

func TestABadFileIsAnErrorAtStartThatNamesItAndShowsNoKey(t *testing.T) {
	whole, _ := attest.MarshalSigningKeys(keyOf(t, "a", attest.EdDSA))
	file := keysFile(t, keyOf(t, "a", attest.EdDSA))
	writeText(t, file, strings.Replace(string(whole), `"d": "`, `"d": 1, "e": "`, 1))
	s, err := attest.NewSigner(attest.SignerOptions{KeysFile: file})
	if s != nil || err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "SignerOptions.KeysFile") ||
		!strings.Contains(err.Error(), "SignerOptions.Issuer") {
		t.Errorf("%v", err)
	}
}

func TestASignerWithAFileIsRotatedByTheFileAlone(t *testing.T) {
	a := keyOf(t, "a", attest.EdDSA)
	s := followerOf(t, keysFile(t, a), nil)
	if err := s.Rotate(a); err == nil || !strings.Contains(err.Error(), "replace the file") {
		t.Errorf("%v", err)
	}
}

func TestAFileMayBeReplacedWhileManySign(t *testing.T) {
	bubble(t, func(t *testing.T) {
		keys := []attest.SigningKey{keyOf(t, "a", attest.EdDSA), keyOf(t, "b", attest.EdDSA)}
		file := keysFile(t, keys[0])
		s := followerOf(t, file, nil)
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for range 60 {
					pass(12 * time.Second)
					verified(t, sign(t, s), publishedSet(t, s))
				}
			})
		}
		for i := range 10 {
			pass(67 * time.Second)
			writeKeys(t, file, keys[i%2], keys[1-i%2])
		}
		group.Wait()
	})
}

func TestAFileThatOthersMayOpenIsWarnedOfOnce(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it has no such modes")
	}
	bubble(t, func(t *testing.T) {
		file := keysFile(t, keyOf(t, "a", attest.EdDSA))
		mode := func(to os.FileMode) {
			if err := os.Chmod(file, to); err != nil {
				t.Fatal(err)
			}
		}
		mode(0o640)
		var l log
		s := followerOf(t, file, &l)
		logs(t, &l, "ms2: others may open the file of signing keys", file, "mode=0640", "0600")
		quiet := func() {
			t.Helper()
			for range 3 {
				pass(10 * time.Second)
				signsBy(t, s, "a")
			}
			if got := l.take(); got != "" {
				t.Errorf("logged %q", got)
			}
		}
		quiet()
		for _, closed := range []os.FileMode{0o600, 0o400, 0o700} {
			mode(closed)
			quiet()
		}
		mode(0o604)
		pass(10 * time.Second)
		sign(t, s)
		logs(t, &l, "others may open", "mode=0604")
	})
}

func TestAPublicSetForASignerIsSaidToBeOne(t *testing.T) {
	for _, algorithm := range []string{attest.EdDSA, attest.ES256} {
		s := signerOf(t, attest.SignerOptions{}, keyOf(t, "k1", algorithm))
		text, _ := io.ReadAll(served(s, http.MethodGet).Body)
		_, err := attest.ParseSigningKeys(text)
		for _, word := range []string{`"k1"`, "no private part", "verifiers", "MarshalSigningKeys"} {
			if err == nil || !strings.Contains(err.Error(), word) {
				t.Errorf("%s: %v, want %q in it", algorithm, err, word)
			}
		}
	}
}
