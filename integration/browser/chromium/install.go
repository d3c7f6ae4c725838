package chromium

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Ready returns the path of Chromium. When there is none, it installs Debian's package, which needs root and takes a minute, and
// says so on progress. Calls may be concurrent, from several processes too: one installs, the others wait for it.
func Ready(ctx context.Context, progress io.Writer) (string, error) {
	return ready(ctx, progress, Find, "chromium")
}

// ready is what find finds, after the package was installed if need be.
func ready(ctx context.Context, progress io.Writer, find func() (string, error), name string) (string, error) {
	path, missing := find()
	if missing == nil {
		return path, nil
	}
	if err := install(ctx, progress, name); err != nil {
		return "", fmt.Errorf("%w; installing the package %s: %w", missing, name, err)
	}
	return find()
}

// script installs the package $1 of Debian, under a lock: apt-get waits for others of its kind only part of the time.
const script = `exec 9>"$0" && flock 9 && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "$1"`

// install installs a package of Debian.
func install(ctx context.Context, progress io.Writer, name string) error {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return errors.New("only Debian's packages can be installed here, and there is no apt-get")
	}
	if os.Geteuid() != 0 {
		return errors.New("that needs root: run apt-get install " + name)
	}
	dir, err := cacheDir()
	if err != nil {
		return err
	}
	fmt.Fprintf(progress, "installing the package %s, once, about a minute…\n", name)
	cmd := exec.CommandContext(ctx, "sh", "-c", script, filepath.Join(dir, "apt.lock"), name)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// cacheDir is the directory for what is kept from run to run. It exists.
func cacheDir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "ms2-lb")
	return dir, os.MkdirAll(dir, 0o755)
}
