package chromium_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"ms2.internal/lb/integration/browser/chromium"
)

func TestAClosedBrowserLeavesNoProcessAndNoFile(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	second, err := chromium.Start(guarded(t), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if len(processes(t, temp)) == 0 {
		t.Error("no process has its directory there, so that this test would see none that stays")
	}
	for range 2 {
		if err := second.Close(); err != nil {
			t.Error(err)
		}
	}
	if left := processes(t, temp); len(left) > 0 {
		t.Errorf("processes left: %q", left)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("files left: %v, %v", left, err)
	}
}

// processes are the command lines that name the directory.
func processes(t *testing.T, dir string) (found []string) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if line, err := os.ReadFile(file); err == nil && bytes.Contains(line, []byte(dir)) {
			found = append(found, string(line))
		}
	}
	return found
}
