package ways

import (
	"time"

	"golang.org/x/sys/unix"
)

// cpuTime is what a process has used so far, in user and system mode, by the clock that the kernel keeps of it.
func cpuTime(pid int) (time.Duration, error) {
	var used unix.Timespec
	if err := unix.ClockGettime(int32(^pid)<<3|2, &used); err != nil { // see clock_getcpuclockid(3)
		return 0, err
	}
	return time.Duration(used.Nano()), nil
}

// sleep wakes some 0.05 ms late. Go's own timers are late by up to 1 ms in an idle process.
func sleep(d time.Duration) {
	rest := unix.NsecToTimespec(d.Nanoseconds())
	for unix.Nanosleep(&rest, &rest) == unix.EINTR {
	}
}
