package main

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// alarm wakes the generator. Go's own timers are late by up to 1 ms in an idle process, as much as a check takes; a timer
// of the kernel's that the runtime polls like a connection is late by some 0.05 ms.
type alarm struct{ file *os.File }

func newAlarm() (*alarm, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("timerfd_create", err)
	}
	return &alarm{os.NewFile(uintptr(fd), "timerfd")}, nil
}

// wait returns after d, which is above 0.
func (a *alarm) wait(d time.Duration) error {
	connection, err := a.file.SyscallConn()
	if err != nil {
		return err
	}
	var setErr error
	err = connection.Control(func(fd uintptr) {
		setErr = unix.TimerfdSettime(int(fd), 0, &unix.ItimerSpec{Value: unix.NsecToTimespec(d.Nanoseconds())}, nil)
	})
	if err := firstOf(err, setErr); err != nil {
		return err
	}
	var expirations [8]byte
	_, err = a.file.Read(expirations[:])
	return err
}

func (a *alarm) stop() { _ = a.file.Close() }
