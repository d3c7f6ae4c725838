package site

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// openers are the commands that show a URL in the user's browser, by system; elsewhere it is xdg-open.
var openers = map[string][]string{
	"darwin":  {"open"},
	"windows": {"rundll32", "url.dll,FileProtocolHandler"},
}

// openLimit is how long such a command is waited for. Some last as long as the browser that they start.
const openLimit = 5 * time.Second

// Browse shows a URL in the user's browser, which outlives this process. It returns when that is known to have worked or
// not, after some seconds at most.
func Browse(ctx context.Context, url string) error {
	command := openers[runtime.GOOS]
	if command == nil {
		command = []string{"xdg-open"}
	}
	cmd := exec.Command(command[0], append(command[1:], url)...)
	cmd.SysProcAttr = apart()
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("%s: %w", strings.Join(command, " "), err)
		}
	case <-time.After(openLimit):
	case <-ctx.Done():
	}
	return nil
}
