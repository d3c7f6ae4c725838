//go:build !linux

package main

import "syscall"

// attributes is nil: a replica that is not paused ends with its input.
func attributes() *syscall.SysProcAttr { return nil }
