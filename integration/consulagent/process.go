package consulagent

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// patience is how long an agent may take to stop by itself before it is killed.
const patience = 10 * time.Second

// process is one run of the agent's binary.
type process struct {
	cmd    *exec.Cmd
	exited chan struct{} // closed when it is gone and waited for
}

// launch starts the binary with its output going to the log.
func launch(binary string, args []string, log *os.File) (*process, error) {
	p := &process{cmd: exec.Command(binary, args...), exited: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.SysProcAttr = attributes()
	started := make(chan error)
	go p.live(started)
	return p, <-started
}

// live holds an operating system thread for as long as the child lives: Linux sends the parent-death signal when the
// thread that started the child ends, and Go ends threads as it likes unless a goroutine is locked to them.
func (p *process) live(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(p.exited)
	err := p.cmd.Start()
	started <- err
	if err == nil {
		_ = p.cmd.Wait() // how an agent exits says nothing: it is made to
	}
}

// stop asks the process to end, and kills it when it does not. It returns when the process is gone.
func (p *process) stop() {
	_ = resume(p.cmd.Process) // a paused one would not hear the next signal
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.kill()
		return
	}
	select {
	case <-p.exited:
	case <-time.After(patience):
		p.kill()
	}
}

// kill ends the process at once and returns when it is gone.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.exited
}
