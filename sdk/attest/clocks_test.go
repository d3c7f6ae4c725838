package attest

import (
	"time"
	"unsafe"
)

// Clocks is t after so much by the one clock and by the other: no exported function can part them, but suspending a
// machine does.
func Clocks(t time.Time, wall, monotonic time.Duration) time.Time {
	t = t.Add(wall)
	type reading struct {
		wall uint64
		ext  int64 // nanoseconds of the monotonic clock
		loc  *time.Location
	}
	(*reading)(unsafe.Pointer(&t)).ext += int64(monotonic - wall)
	return t
}
