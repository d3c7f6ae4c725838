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

// renewed reports whether the token in use is another than used, after a pause.
func renewed(t *testing.T, token *transport.Token, used string, pause time.Duration, want bool) {
	t.Helper()
	<-time.After(pause)
	if got := token.Renewed(used); got != want {
		t.Errorf("%q renewed: %v, in use is %q", used, got, token.Last())
	}
}

func TestATokenThatWasNotTakenIsReadAtOnceAndAtMostEvery100Milliseconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := tokenFile(t, "one")
		token, _ := transport.NewToken("", path)
		renewed(t, token, "one", 100*time.Millisecond, false)
		write(t, path, "two")
		renewed(t, token, "one", 99*time.Millisecond, false)
		renewed(t, token, "one", time.Millisecond, true)
		write(t, path, "three")
		renewed(t, token, "one", time.Second, true)
		if got := token.Last(); got != "two" {
			t.Errorf("the file is read though another token is in use already: %q", got)
		}
		renewed(t, token, "two", 0, true)
		write(t, path, "four")
		renewed(t, token, "three", 0, false)
		renewed(t, token, "three", 100*time.Millisecond, true)
	})
}

func TestAReadByAgeIsOneOfThoseAtMostEvery100Milliseconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := tokenFile(t, "one")
		token, _ := transport.NewToken("", path)
		<-time.After(11 * time.Second)
		token.Value()
		write(t, path, "two")
		renewed(t, token, "one", 99*time.Millisecond, false)
		renewed(t, token, "one", time.Millisecond, true)
		write(t, path, "three")
		<-time.After(9950 * time.Millisecond)
		if got := token.Value(); got != "two" {
			t.Errorf("read by age before 10 s: %q", got)
		}
	})
}

func TestABadFileRenewsNoTokenAndIsReadNoMoreOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := tokenFile(t, "one")
		token, _ := transport.NewToken("", path)
		write(t, path, "two\nlines")
		renewed(t, token, "one", time.Second, false)
		write(t, path, "two")
		renewed(t, token, "one", 99*time.Millisecond, false)
		os.Remove(path)
		renewed(t, token, "one", time.Millisecond, false)
		if got := token.Value(); got != "one" {
			t.Errorf("in use is %q", got)
		}
	})
}

func TestATokenWithoutAFileIsNeverRenewed(t *testing.T) {
	for _, value := range []string{"", "one"} {
		token, err := transport.NewToken(value, "")
		if err != nil || token.Renewed(value) || token.Renewed("another") {
			t.Errorf("%q: %v, or renewed", value, err)
		}
	}
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
					token.Renewed("one")
					if token.Value() != "one" {
						t.Error("no token")
					}
				}
			})
		}
		group.Wait()
	})
}
