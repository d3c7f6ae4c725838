package main

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"
)

func TestAnInterruptLeavesNothingBehind(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process can't be interrupted there")
	}
	for name, c := range map[string]struct {
		signal os.Signal
		again  bool
	}{
		"once":                              {os.Interrupt, false},
		"again and again, as by timeout(1)": {os.Interrupt, true},
		"as by Ctrl-\\":                     {syscall.SIGQUIT, false},
	} {
		cmd, temp := command(t, "-for", "1m")
		startAndAwait(t, cmd)
		ended := make(chan error, 1)
		if err := cmd.Process.Signal(c.signal); err != nil {
			t.Fatal(err)
		}
		go func() { ended <- cmd.Wait() }()
		var exit *exec.ExitError
		if err := interrupt(cmd, c.again, ended); !errors.As(err, &exit) || exit.ExitCode() != interrupted {
			t.Errorf("%s: it ended with %v", name, err)
		}
		expectNothingLeft(t, temp)
	}
}

// interrupt returns how the process ended, and sends it more signals until then where it shall.
func interrupt(cmd *exec.Cmd, again bool, ended <-chan error) error {
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-ticker.C:
			if again {
				_ = cmd.Process.Signal(syscall.SIGTERM) // an error: it just ended
			}
		}
	}
}

func TestAClosedOutputLeavesNothingBehind(t *testing.T) {
	cmd, temp := command(t, "-for", "1m")
	output := start(t, cmd)
	output.await(t, " orders ")
	_ = output.pipe.Close() // as head(1) does
	closed := time.Now()
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("it ended with %v", err)
	}
	if took := time.Since(closed); took > 20*time.Second {
		t.Errorf("it ended only after %v", took)
	}
	expectNothingLeft(t, temp)
}

func TestNoProcessOutlivesTheKilledQuickstart(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ties a child's life to its parent's")
	}
	cmd, _ := command(t, "-for", "1m")
	startAndAwait(t, cmd)
	if got := len(processes(t)); got != 5 {
		t.Errorf("%d processes, want the quickstart, three replicas and MS1", got)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	eventually(t, "no process is left behind", func() bool { return len(processes(t)) == 0 })
}
