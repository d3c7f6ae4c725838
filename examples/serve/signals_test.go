package serve_test

import (
	"os"
	"os/signal"
	"syscall"
	"testing"

	"ms2.internal/lb/examples/serve"
)

func TestAHangupThatNohupHasIgnoredStaysIgnored(t *testing.T) {
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGHUP) // or this test's own nohup has it ignored
	defer signal.Stop(heard)
	for _, ignored := range []bool{false, true} {
		if ignored {
			signal.Ignore(syscall.SIGHUP)
			defer signal.Reset(syscall.SIGHUP)
		}
		_, stop := serve.UntilTold()
		if signal.Ignored(syscall.SIGHUP) != ignored {
			t.Errorf("ignored before: %t, and after: %t", ignored, !ignored)
		}
		stop()
	}
}
