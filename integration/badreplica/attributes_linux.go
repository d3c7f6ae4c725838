package main

import "syscall"

// attributes has the kernel kill a replica whose parent died without doing so: a paused one would not notice the end of
// its input.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
