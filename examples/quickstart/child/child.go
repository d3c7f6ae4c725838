// Package child runs the processes of the quickstart, each of them the same binary with a subcommand, so that none
// outlives it: not after Ctrl-C, and on Linux not even when the quickstart itself is killed.
package child

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// Process is a child that was started. Its methods may be called concurrently.
type Process struct {
	name   string
	log    string // path of the file that it writes to
	cmd    *exec.Cmd
	meant  atomic.Bool   // it was told to end
	exited chan struct{} // closed when it is gone and waited for
}

// Command says what to start.
type Command struct {
	// Name is what errors call the process.
	Name string

	// Binary is the file to run; "" means the one that runs now.
	Binary string

	// Args are the arguments, the subcommand first.
	Args []string

	// Env is the whole environment, as in [os.Environ]; nil means that of this process.
	Env []string

	// Log is the file that the process prints to, at its end.
	Log string
}

// Start starts a process. The error names it.
func Start(c Command) (*Process, error) {
	p, err := c.start()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", c.Name, err)
	}
	return p, nil
}

func (c Command) start() (*Process, error) {
	if c.Binary == "" {
		var err error
		if c.Binary, err = os.Executable(); err != nil {
			return nil, err
		}
	}
	output, err := os.OpenFile(c.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer output.Close() // the child has its own
	p := &Process{name: c.Name, log: c.Log, cmd: exec.Command(c.Binary, c.Args...), exited: make(chan struct{})}
	p.cmd.Env = c.Env
	p.cmd.Stdout, p.cmd.Stderr = output, output
	p.cmd.SysProcAttr = attributes()
	started := make(chan error)
	go p.live(started)
	return p, <-started
}

// live keeps an operating system thread for as long as the child lives: Linux sends the parent-death signal when the
// thread that started the child ends, and Go ends threads as it likes unless a goroutine is locked to them.
func (p *Process) live(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(p.exited)
	err := p.cmd.Start()
	started <- err
	if err == nil {
		_ = p.cmd.Wait() // Failure tells how it ended
	}
}

// Exited is closed when the process is gone.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// PID is the number that the operating system knows the process by, also when it is gone.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Running reports whether the process is not gone yet.
func (p *Process) Running() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// Failure says how a process ended that was not told to, and what it printed last. It is nil for one that was told to, and
// for one that still runs.
func (p *Process) Failure() error {
	if p.Running() || p.meant.Load() {
		return nil
	}
	return fmt.Errorf("%s ended by itself (%v); its last words:\n%s", p.name, p.cmd.ProcessState, p.Tail())
}

// Kill ends the process at once, by SIGKILL, and returns when it is gone.
func (p *Process) Kill() {
	p.meant.Store(true)
	_ = p.cmd.Process.Kill() // gone already is as good
	<-p.exited
}

// Pause freezes the process, by SIGSTOP: its port takes connections, and nobody answers until Resume. It is an error where the
// system has no such signal, or the process is gone.
func (p *Process) Pause() error { return pause(p.cmd.Process) }

// Resume lets a paused process go on. One that runs does not notice.
func (p *Process) Resume() error { return resume(p.cmd.Process) }

// Stop asks the process to end, by SIGTERM, and kills it when it takes longer than patience. A paused one goes on for that.
func (p *Process) Stop(patience time.Duration) {
	p.meant.Store(true)
	_ = p.Resume()                                                // gone already is as good
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil { // Windows has no such signal
		p.Kill()
		return
	}
	select {
	case <-p.exited:
	case <-time.After(patience):
		p.Kill()
	}
}

// Tail is the last lines that the process printed.
func (p *Process) Tail() string {
	const lines = 10
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
