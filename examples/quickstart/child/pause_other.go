//go:build !unix

package child

import (
	"errors"
	"os"
)

// CanPause reports whether [Process.Pause] works on this system.
const CanPause = false

var errNoSignal = errors.New("this system can't pause a process")

func pause(*os.Process) error  { return errNoSignal }
func resume(*os.Process) error { return errNoSignal }
