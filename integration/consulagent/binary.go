package consulagent

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// Binary returns the path of the pinned Consul agent. When no earlier call on this machine built it, Binary builds it,
// which takes minutes, and says so on progress, with a sign of life every 15 seconds.
//
// The agent is kept in the user's cache directory, below ms2-lb. Calls may be concurrent, from several processes too:
// one builds, the others wait for it.
func Binary(ctx context.Context, progress io.Writer) (string, error) {
	pin, err := findPin(ctx)
	if err != nil {
		return "", err
	}
	path, err := cachePath(pin.version)
	if err != nil || isFile(path) {
		return path, err
	}
	release, err := acquire(ctx, path+".lock", progress)
	if err != nil {
		return "", fmt.Errorf("locking %s to build the Consul agent: %w", path, err)
	}
	defer release()
	if isFile(path) {
		return path, nil // built by whoever held the lock before
	}
	return path, build(ctx, pin.dir, path, progress)
}

// cachePath says where the agent of a version is kept, and makes the directory for it.
func cachePath(version string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no directory to keep the Consul agent in: %w", err)
	}
	dir := filepath.Join(cache, "ms2-lb")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	name := fmt.Sprintf("consul-%s-%s-%s", version, runtime.GOOS, runtime.GOARCH)
	return filepath.Join(dir, name), nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
