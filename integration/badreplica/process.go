package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// process is a replica seen from the parent: see [replica] for what is said to it.
type process struct {
	kind kind
	cmd  *exec.Cmd
	to   io.WriteCloser
	from *bufio.Reader
	addr string
	gone chan struct{} // closed when it has ended and was waited for
}

// startProcess returns when the replica listens. It is killed when ctx ends.
func startProcess(ctx context.Context, k kind) (*process, error) {
	binary, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{kind: k, cmd: exec.CommandContext(ctx, binary, replicaCommand, k.name), gone: make(chan struct{})}
	p.cmd.SysProcAttr, p.cmd.Stderr = attributes(), os.Stderr
	if err := p.start(); err != nil {
		return nil, fmt.Errorf("a replica: %w", err)
	}
	if p.addr, err = p.line(); err != nil {
		p.stop()
		return nil, fmt.Errorf("a replica that does not say where it is: %w", err)
	}
	return p, nil
}

func (p *process) start() (err error) {
	if p.to, err = p.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	p.from = bufio.NewReader(out)
	started := make(chan error)
	go p.live(started)
	return <-started
}

// live holds an operating system thread for as long as the child lives: Linux kills the child when the thread that
// started it ends.
func (p *process) live(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(p.gone)
	err := p.cmd.Start()
	started <- err
	if err == nil {
		_ = p.cmd.Wait() // how a replica ends says nothing: it is made to
	}
}

// turn makes the replica bad, and returns when it is.
func (p *process) turn() error {
	if p.kind.strike != nil {
		return p.kind.strike(p.cmd.Process)
	}
	if _, err := io.WriteString(p.to, "turn\n"); err != nil {
		return err
	}
	_, err := p.line()
	return err
}

// line is what the child says next.
func (p *process) line() (string, error) {
	line, err := p.from.ReadString('\n')
	return strings.TrimSpace(line), err
}

// stop ends the process, in whatever state it is.
func (p *process) stop() {
	_ = p.cmd.Process.Kill()
	<-p.gone
}
