package consulagent

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// build compiles the agent that the module in dir pins. The caller holds the lock of path. The file appears under path
// only when it is complete.
func build(ctx context.Context, dir, path string, progress io.Writer) error {
	done := announce(progress, "building the Consul agent from source, once, 4 to 8 minutes on two cores")
	defer done()
	partial := path + ".partial"
	defer os.Remove(partial) // nothing is left of it after the rename
	cmd := exec.CommandContext(ctx, "go", "-C", dir, "build", "-ldflags=-s -w", "-o", partial, consulPackage)
	cmd.Env = append(os.Environ(), "GOWORK=off")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // so that the go command removes its work
	cmd.WaitDelay = 10 * time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building the Consul agent: %w\n%s", err, out)
	}
	return os.Rename(partial, path)
}
