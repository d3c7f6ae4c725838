//go:build !unix

package site

import "syscall"

// apart asks for nothing special.
func apart() *syscall.SysProcAttr { return nil }
