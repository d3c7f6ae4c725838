//go:build !linux

package main

import "time"

// alarm wakes the generator, as precisely as Go's own timers can.
type alarm struct{}

func newAlarm() (*alarm, error) { return &alarm{}, nil }

// wait returns after d, which is above 0.
func (*alarm) wait(d time.Duration) error {
	time.Sleep(d)
	return nil
}

func (*alarm) stop() {}
