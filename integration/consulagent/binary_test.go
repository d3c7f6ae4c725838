package consulagent

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestPinIsWhatTheGoCommandSays(t *testing.T) {
	t.Parallel()
	pin, err := findPin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "-C", pin.dir, "list", "-m", "-f", "{{.Version}}", consulPackage)
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.TrimSpace(string(out)); pin.version != want {
		t.Errorf("version = %q, want %q", pin.version, want)
	}
}

func TestOneBuilderAtATime(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	release, err := acquire(t.Context(), path, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*lockPoll)
	defer cancel()
	if _, err := acquire(ctx, path, io.Discard); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("second builder: %v, want to wait until the deadline", err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	again, err := acquire(t.Context(), path, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	_ = again()
}

func TestLongWaitShowsLife(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var said strings.Builder
		done := announce(&said, "building")
		<-time.After(2*signOfLife + time.Second)
		done()
		if want := "building…\nbuilding… 15s\nbuilding… 30s\n"; said.String() != want {
			t.Errorf("said %q, want %q", said.String(), want)
		}
	})
}

func TestFailedBuildLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "consul")
	if err := build(t.Context(), dir, path, io.Discard); err == nil {
		t.Fatal("a directory without a module was built")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}
