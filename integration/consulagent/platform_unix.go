//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package consulagent

import (
	"errors"
	"os"
	"syscall"
)

// tryLock takes the lock on the file unless another open file has it.
func tryLock(file *os.File) (held bool, err error) {
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

func pause(process *os.Process) error  { return process.Signal(syscall.SIGSTOP) }
func resume(process *os.Process) error { return process.Signal(syscall.SIGCONT) }
