//go:build !unix

package main

import (
	"errors"
	"time"
)

// cpuTime is known on Unix alone.
func cpuTime() (time.Duration, error) {
	return 0, errors.New("the CPU time of a process can't be read on this system")
}
