package child

import "syscall"

// attributes puts the child into a process group of its own, so that Ctrl-C reaches only the quickstart, which ends its
// children in good order; and has the kernel kill it when the quickstart dies without doing so.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
