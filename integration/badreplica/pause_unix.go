//go:build unix

package main

import (
	"os"
	"syscall"
)

// pause stops a process where it stands; the kernel goes on accepting its connections.
func pause(p *os.Process) error { return p.Signal(syscall.SIGSTOP) }
