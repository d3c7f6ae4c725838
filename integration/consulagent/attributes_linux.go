package consulagent

import "syscall"

// attributes puts the agent into a process group of its own, so that Ctrl-C reaches only its parent, which decides when
// the registry goes; and has the kernel kill it when the parent dies without doing so.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
