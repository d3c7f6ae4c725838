package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/attest"
)

// does runs a command that must succeed, and returns what it prints.
func does(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := run(args, &out); err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return out.String()
}

// fails runs a command that must not, for a reason with these words.
func fails(t *testing.T, words string, args ...string) {
	t.Helper()
	var out bytes.Buffer
	if err := run(args, &out); err == nil || !strings.Contains(err.Error(), words) || out.Len() > 0 {
		t.Errorf("%q: %v, want %q in it; printed %q", args, err, words, &out)
	}
}

var someID = regexp.MustCompile(`^key (\S+) signs`)

// idIn is the ID of a key that was made.
func idIn(t *testing.T, printed string) string {
	t.Helper()
	found := someID.FindStringSubmatch(printed)
	if found == nil {
		t.Fatalf("no ID: %q", printed)
	}
	return found[1]
}

// states are the words of list by ID.
func states(t *testing.T, file string) map[string]string {
	t.Helper()
	words := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(does(t, "list", file)), "\n")[1:] {
		fields := strings.Fields(line)
		words[fields[0]] = fields[1] + " " + strings.Join(fields[3:], " ")
	}
	return words
}

func newFile(t *testing.T) (file, id string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "keys.json")
	return file, idIn(t, does(t, "new", file))
}

// pair is a signer by the file, and a verifier by what public prints of it.
func pair(t *testing.T, file string) (*attest.Signer, *attest.Verifier) {
	t.Helper()
	s, err := attest.NewSigner(attest.SignerOptions{Issuer: "ms2", Audience: "ms1", KeysFile: file})
	if err != nil {
		t.Fatal(err)
	}
	pinned := filepath.Join(t.TempDir(), "public.json")
	if err := os.WriteFile(pinned, []byte(does(t, "public", file, "-issuer", "ms2")), 0o600); err != nil {
		t.Fatal(err)
	}
	v, err := attest.NewVerifier(attest.VerifierOptions{
		Issuer: "ms2", Audience: "ms1", KeysFile: pinned, Algorithms: []string{attest.EdDSA, attest.ES256},
	})
	if err == nil {
		err = v.Open(sdk.AttestationSetup{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

// signed checks which key signs, and that the public set verifies it.
func signed(t *testing.T, file, id string) {
	t.Helper()
	s, v := pair(t, file)
	token, err := s.Sign("", attest.Item{SID: "usb:046d:c52b"})
	if err == nil {
		_, err = v.Verify(token, "")
	}
	if by := fmt.Sprint(s); err != nil || !strings.HasSuffix(by, fmt.Sprintf("by key %q", id)) {
		t.Errorf("%s, want %s: %v", by, id, err)
	}
}

func TestAKeyIsRotatedAndRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file, a := newFile(t)
		signed(t, file, a)
		made := does(t, "rotate", file, "-alg", "ES256")
		b := idIn(t, made)
		if !strings.Contains(made, time.Now().Add(15*time.Minute).UTC().Format(time.RFC3339)) || strings.Contains(made, "less than") {
			t.Errorf("%q", made)
		}
		if got := states(t, file); len(got) != 2 || got[a] != "EdDSA signs" || got[b] != "ES256 signs later" {
			t.Errorf("%v", got)
		}
		fails(t, "rotate and wait", "remove", file, a)
		time.Sleep(15*time.Minute - 1)
		signed(t, file, a)
		time.Sleep(time.Nanosecond)
		signed(t, file, b)
		if got := states(t, file); got[a] != "EdDSA signed before" || got[b] != "ES256 signs" {
			t.Errorf("%v", got)
		}
		does(t, "remove", file, a)
		if got := states(t, file); len(got) != 1 || got[b] == "" {
			t.Errorf("%v", got)
		}
		signed(t, file, b)
	})
}

func TestAWithdrawnKeyIsOutAndTheNextSignsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file, a := newFile(t)
		fails(t, "rotate first", "withdraw", file, a)
		b := idIn(t, does(t, "rotate", "-in", "1h", file))
		does(t, "withdraw", file, a)
		if got := states(t, file); got[a] != "- withdrawn" || got[b] != "EdDSA signs" {
			t.Errorf("%v", got)
		}
		if text := does(t, "public", file); strings.Contains(text, a) || !strings.Contains(text, b) || strings.Contains(text, "ms2_issuer") {
			t.Errorf("%s", text)
		}
		signed(t, file, b)
		does(t, "remove", file, a)
		fails(t, "no key", "remove", file, a)
	})
}

func TestARotationThatIsTooSoonIsToldOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file, _ := newFile(t)
		time.Sleep(time.Second)
		if text := does(t, "rotate", file, "-in", "10m"); !strings.Contains(text, "less than 10m30s") {
			t.Errorf("%q", text)
		}
		fails(t, "set a later time", "rotate", file, "-in", "10m")
		fails(t, "RFC 3339", "rotate", file, "-from", "tomorrow")
		fails(t, "time to come", "rotate", file, "-from", time.Now().Add(-time.Second).Format(time.RFC3339))
		fails(t, "one of the two", "rotate", file, "-from", "2100-01-01T00:00:00Z", "-in", "1h")
		fails(t, "below 0", "rotate", file, "-in", "-1h")
		if text := does(t, "rotate", file, "-from", "2100-01-01T02:00:00+02:00"); !strings.Contains(text, "from 2100-01-01T00:00:00Z on") {
			t.Errorf("%q", text)
		}
	})
}

func TestAFileIsNeverOverwrittenByNewNorSpoiltByAFailure(t *testing.T) {
	file, a := newFile(t)
	before, _ := os.ReadFile(file)
	fails(t, "is there already", "new", file)
	fails(t, "no key \"x\"", "remove", file, "x")
	fails(t, "RS256", "rotate", file, "-alg", "RS256")
	fails(t, "signs", "remove", file, a)
	if after, _ := os.ReadFile(file); !bytes.Equal(before, after) {
		t.Error("the file changed")
	}
	if err := os.WriteFile(file, before[:len(before)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"rotate", file}, {"list", file}, {"public", file}, {"remove", file, a}, {"withdraw", file, a}} {
		fails(t, file, args...)
	}
	fails(t, "RS256", "new", file+"2", "-alg", "RS256")
	if left, _ := os.ReadDir(filepath.Dir(file)); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestFilesAreForTheirOwnerAndReplacedBehindALink(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it has no such modes")
	}
	file, _ := newFile(t)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(file, link); err != nil {
		t.Skip(err)
	}
	for _, in := range []string{"1h", "2h"} {
		info, err := os.Lstat(file)
		if err != nil || info.Mode() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
		_ = os.Chmod(file, 0o644)
		does(t, "rotate", link, "-in", in)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 || len(states(t, link)) != 3 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestWhatIsAskedWronglyIsSaid(t *testing.T) {
	file, _ := newFile(t)
	fails(t, "-h tells more")
	fails(t, "-h tells more", "rotat", file)
	fails(t, "one file", "new")
	fails(t, "one file", "list", file, file)
	fails(t, "ID of a key", "withdraw", file)
	fails(t, "-issuer", "list", file, "-issuer", "ms2")
	fails(t, "no key \"-x\"", "withdraw", file, "--", "-x")
	for _, args := range [][]string{{"-h"}, {"help"}, {"--help"}, {"rotate", "-h"}, {"list", file, "-h"}} {
		if err := run(args, nil); !errors.Is(err, flag.ErrHelp) {
			t.Errorf("%q: %v", args, err)
		}
	}
}

func TestNothingPrintedIsSecret(t *testing.T) {
	file, _ := newFile(t)
	text, _ := os.ReadFile(file)
	secret := regexp.MustCompile(`"d": ?"([^"]+)"`).FindSubmatch(text)
	for _, args := range [][]string{{"list", file}, {"public", file}, {"rotate", file}} {
		if strings.Contains(does(t, args...), string(secret[1])) {
			t.Errorf("%q shows it", args)
		}
	}
}
