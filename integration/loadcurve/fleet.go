package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// fleet is the replicas, each a child process.
type fleet []*child

// child is a replica seen from the parent: see [replica] for what is said to it.
type child struct {
	cmd  *exec.Cmd
	to   io.WriteCloser
	from *bufio.Reader
	addr string
}

// startFleet starts replicas, and returns when they listen.
func startFleet(o options) (fleet, error) {
	var f fleet
	for range o.replicas {
		c, err := startChild(o.replicaArgs())
		if err != nil {
			f.stop()
			return nil, fmt.Errorf("a replica: %w", err)
		}
		f = append(f, c)
	}
	return f, nil
}

func startChild(args []string) (*child, error) {
	binary, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(binary, args...)
	cmd.Stderr = os.Stderr
	to, inErr := cmd.StdinPipe()
	from, outErr := cmd.StdoutPipe()
	if err := firstOf(inErr, outErr, cmd.Start()); err != nil {
		return nil, err
	}
	c := &child{cmd: cmd, to: to, from: bufio.NewReader(from)}
	if c.addr, err = c.line(); err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}

// line is what the child says next.
func (c *child) line() (string, error) {
	line, err := c.from.ReadString('\n')
	return strings.TrimSpace(line), err
}

// cpu is the CPU time that the child has used so far.
func (c *child) cpu() (time.Duration, error) {
	if _, err := io.WriteString(c.to, "\n"); err != nil {
		return 0, err
	}
	line, err := c.line()
	if err != nil {
		return 0, err
	}
	used, err := strconv.ParseInt(line, 10, 64)
	return time.Duration(used), err
}

// stop ends the child's input, and with it the child.
func (c *child) stop() {
	_ = c.to.Close()
	_ = c.cmd.Wait()
}

// cpu is the CPU time that the replicas have used so far, all together.
func (f fleet) cpu() (time.Duration, error) {
	var sum time.Duration
	var errs []error
	for _, c := range f {
		used, err := c.cpu()
		sum += used
		errs = append(errs, err)
	}
	return sum, errors.Join(errs...)
}

// addresses are where the replicas listen.
func (f fleet) addresses() []string {
	var all []string
	for _, c := range f {
		all = append(all, c.addr)
	}
	return all
}

// stop ends all side by side.
func (f fleet) stop() {
	for _, c := range f {
		_ = c.to.Close()
	}
	for _, c := range f {
		c.stop()
	}
}
