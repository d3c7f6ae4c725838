//go:build !linux

package consulagent

import "syscall"

// attributes asks for nothing special: only Linux can tie a child's life to its parent's.
func attributes() *syscall.SysProcAttr { return nil }
