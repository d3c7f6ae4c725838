//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// memoryLimit bounds the data of each process: more than any build or test here needs, less than hurts a machine.
const memoryLimit = 4 << 30

// limitMemory lets a test that allocates without end fail. Processes that are started later inherit the limit.
func limitMemory() {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_DATA, &limit) == nil {
		limit.Cur = min(limit.Cur, memoryLimit)
		_ = syscall.Setrlimit(syscall.RLIMIT_DATA, &limit) // where it is refused, the tests run without a limit
	}
}

// killWhole gives the command a process group of its own, and has the end of its context kill the group: what the command
// started would stay otherwise.
func killWhole(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
