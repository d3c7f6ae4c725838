package chromium

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// bare is a machine with nothing installed but the command, a script, if it is named; and with nothing kept.
func bare(t *testing.T, command, script string) (cache string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("its directories are named after Linux's")
	}
	bin, home := t.TempDir(), t.TempDir()
	t.Setenv("PATH", bin)
	t.Setenv("XDG_CACHE_HOME", home)
	if command != "" {
		if err := os.WriteFile(filepath.Join(bin, command), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(home, "ms2-lb")
}

func TestTheFirstBrowserOnThePathIsTaken(t *testing.T) {
	bare(t, "google-chrome", "")
	path, err := Ready(t.Context(), io.Discard)
	if err != nil || filepath.Base(path) != "google-chrome" {
		t.Errorf("found %s, %v", path, err)
	}
}

func TestWithoutABrowserTheErrorSaysWhatToInstall(t *testing.T) {
	bare(t, "", "")
	_, err := Ready(t.Context(), io.Discard)
	if err == nil || !strings.Contains(err.Error(), "install Chromium or Google Chrome") || !strings.Contains(err.Error(), "no apt-get") {
		t.Errorf("got %v", err)
	}
}

func TestAMissingBrowserIsInstalledAsDebiansPackage(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("packages are installed by root")
	}
	cache := bare(t, "apt-get", `echo "$@" >>"$0.log"; [ "$1" = install ] && exec /bin/ln -s /bin/sh "${0%/*}/chromium"; exit 0`)
	if err := os.Symlink("/usr/bin/flock", filepath.Join(os.Getenv("PATH"), "flock")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/bin/sh", filepath.Join(os.Getenv("PATH"), "sh")); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	path, err := Ready(t.Context(), &said)
	if err != nil || filepath.Base(path) != "chromium" || !strings.Contains(said.String(), "installing the package chromium") {
		t.Errorf("got %s, %v and said %q", path, err, said.String())
	}
	ran, err := os.ReadFile(filepath.Join(os.Getenv("PATH"), "apt-get.log"))
	if want := "update -qq\ninstall -qq --no-install-recommends chromium\n"; err != nil || string(ran) != want {
		t.Errorf("ran %q, %v", ran, err)
	}
	if _, err := os.Stat(filepath.Join(cache, "apt.lock")); err != nil {
		t.Error(err)
	}
}

func TestAnotherAxeCoreThanThePinnedOneIsNotKept(t *testing.T) {
	cache := bare(t, "npm", `echo "not axe-core" >axe-core-`+axeVersion+`.tgz`)
	err := AxeReady(t.Context(), io.Discard)
	if err == nil || !strings.Contains(err.Error(), "not the pinned") {
		t.Errorf("got %v", err)
	}
	if left, err := os.ReadDir(cache); err != nil || len(left) > 0 {
		t.Errorf("kept %v, %v", left, err)
	}
}

func TestAKeptAxeCoreIsTakenOnlyWhole(t *testing.T) {
	good, err := axePackage(t.Context(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	cache := bare(t, "", "")
	if err := os.Mkdir(cache, 0o700); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(cache, "axe-core-"+axeVersion+".tgz")
	for _, c := range []struct {
		name string
		text []byte
		fine bool
	}{{"whole", good, true}, {"cut off", good[1:], false}} {
		if err := os.WriteFile(kept, c.text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := AxeReady(t.Context(), io.Discard); (err == nil) != c.fine {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
