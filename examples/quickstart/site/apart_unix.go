//go:build unix

package site

import "syscall"

// apart puts a browser into a process group of its own, so that Ctrl-C does not end it with the quickstart.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
