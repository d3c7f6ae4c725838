//go:build unix

package discovery_test

import (
	"os"
	"syscall"
	"testing"
	"time"
)

func TestPathThatIsNoFileIsNamedAndHoldsNobodyUp(t *testing.T) {
	inFile(t, "", func(t *testing.T, path string, w *watching) {
		w.wantErr(t, "no such file")
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Skip(err)
		}
		pass(time.Second)
		w.wantErr(t, "not a regular file")
		remove(t, path)
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		w.wantErr(t, "not a regular file")
		remove(t, path)
		write(t, path, oneInstance)
		pass(time.Second)
		w.wantSet(t, "a")
	})
}
