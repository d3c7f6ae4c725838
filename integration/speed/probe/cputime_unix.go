//go:build unix

package main

import (
	"syscall"
	"time"
)

// cpuTime is what the process has used of the cores, service included. Other work on the machine makes it grow much less
// than it makes a clock.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage) // fails for no process of one's own
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
