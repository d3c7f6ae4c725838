//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package consulagent

import (
	"errors"
	"os"
)

// Where file locks and stopping a process are not at hand, Binary refuses (Options.Binary may name an agent) and so do
// Pause and Resume.

func tryLock(*os.File) (held bool, err error) { return false, errors.ErrUnsupported }

func pause(*os.Process) error  { return errors.ErrUnsupported }
func resume(*os.Process) error { return errors.ErrUnsupported }
