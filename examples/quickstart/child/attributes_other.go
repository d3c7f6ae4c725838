//go:build !linux

package child

import "syscall"

// attributes asks for nothing special: only Linux can tie a child's life to its parent's.
func attributes() *syscall.SysProcAttr { return nil }
