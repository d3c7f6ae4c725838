package transport_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk/internal/transport"
)

// write puts text into a file, in one step, as a secret that is renewed should be.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// tokenFile is a file that holds text.
func tokenFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "token")
	write(t, path, text)
	return path
}

func TestATokenFileThatIsRenewedIsReadAgainWithinTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := tokenFile(t, " one\n")
		token, err := transport.NewToken("", path)
		if err != nil {
			t.Fatal(err)
		}
		write(t, path, "two")
		if got := token.Value(); got != "one" {
			t.Errorf("read again at once: %q", got)
		}
		<-time.After(10*time.Second + 1)
		if got := token.Value(); got != "two" {
			t.Errorf("after 10 s: %q", got)
		}
	})
}

func TestATokenThatWasNotTakenIsReadAgainWithinASecondAndNotAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := tokenFile(t, "one")
		token, _ := transport.NewToken("", path)
		write(t, path, "two")
		token.Doubt()
		if got := token.Value(); got != "one" {
			t.Errorf("read again at once: %q", got)
		}
		<-time.After(500 * time.Millisecond)
		token.Doubt() // puts it off no further
		<-time.After(500*time.Millisecond + 1)
		if got := token.Value(); got != "two" {
			t.Errorf("after a second: %q", got)
		}
	})
}

func TestTheLastTokenStaysInUseWhileItsFileIsBad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := tokenFile(t, "one")
		token, _ := transport.NewToken("", path)
		for _, bad := range []string{"", " \n", "two\nlines", "grün", "a\x00b"} {
			write(t, path, bad)
			<-time.After(11 * time.Second)
			if got := token.Value(); got != "one" {
				t.Errorf("%q: %q", bad, got)
			}
		}
		os.Remove(path)
		<-time.After(11 * time.Second)
		if got := token.Value(); got != "one" {
			t.Errorf("removed: %q", got)
		}
		write(t, path, "two")
		if got := token.Value(); got != "one" {
			t.Errorf("a bad file is read at each use: %q", got)
		}
		<-time.After(11 * time.Second)
		if got := token.Value(); got != "two" {
			t.Errorf("back again: %q", got)
		}
	})
}

func TestABadTokenFileIsAnErrorThatDoesNotShowWhatItHolds(t *testing.T) {
	for text, says := range map[string]string{"": "empty", "\n": "empty", "hun ter2": "visible ASCII", "hunter2\x7f": "visible ASCII"} {
		_, err := transport.NewToken("", tokenFile(t, text))
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "ter2") {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := transport.NewToken("", filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("no error for a file that is not there")
	}
}

func TestATokenMayBeUsedConcurrently(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		token, _ := transport.NewToken("", tokenFile(t, "one"))
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				for range 20 {
					<-time.After(time.Second)
					token.Doubt()
					if token.Value() != "one" {
						t.Error("no token")
					}
				}
			})
		}
		group.Wait()
	})
}
