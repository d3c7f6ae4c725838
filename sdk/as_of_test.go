package sdk

import (
	"testing"
	"time"
	"unsafe"

	"ms2.internal/lb/sdk/internal/cache"
)

// A machine that started with a wrong time is set right: what was invalidated before stays so.
func TestSettingTheClockForgetsNoChange(t *testing.T) {
	c, now := cache.NewChanges(changePlaces), time.Now()
	c.Note("x", now)
	for name, later := range map[string]time.Time{
		"set forward": setBy(now.Add(time.Minute), time.Hour),
		"set back":    setBy(now.Add(time.Minute), -time.Hour),
		"right":       now.Add(time.Minute),
	} {
		changed := asOf(c.At("x"), later)
		if signed := later.Add(-2 * time.Minute); changed.Before(signed) {
			t.Errorf("%s: what was signed a minute before the change counts", name)
		}
		if signed := later.Add(-59 * time.Second); !changed.Before(signed) {
			t.Errorf("%s: what was signed a second after the change counts not", name)
		}
	}
	if !asOf(c.At("y"), now).IsZero() {
		t.Error("changed without a note")
	}
}

// setBy is a moment after the wall clock was set forward, or back for below 0.
func setBy(t time.Time, wall time.Duration) time.Time {
	t = t.Add(wall)
	type reading struct {
		wall uint64
		ext  int64 // nanoseconds of the monotonic clock
		loc  *time.Location
	}
	(*reading)(unsafe.Pointer(&t)).ext -= int64(wall)
	return t
}
