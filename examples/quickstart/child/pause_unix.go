//go:build unix

package child

import (
	"os"
	"syscall"
)

// CanPause reports whether [Process.Pause] works on this system.
const CanPause = true

func pause(p *os.Process) error  { return p.Signal(syscall.SIGSTOP) }
func resume(p *os.Process) error { return p.Signal(syscall.SIGCONT) }
