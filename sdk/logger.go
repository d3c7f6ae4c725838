package sdk

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"ms2.internal/lb/sdk/internal/hook"
)

// logger writes to the adopter's log so that a handler which blocks or panics harms nothing but the log.
type logger struct {
	to    *slog.Logger // nil: silent
	hooks *hook.Guard
	busy  atomic.Bool
}

// log writes on a goroutine of its own. What comes while an earlier record is still being written is dropped.
func (l *logger) log(level slog.Level, message string, attrs ...slog.Attr) {
	if l.to == nil || !l.busy.CompareAndSwap(false, true) {
		return
	}
	write := func() { l.to.LogAttrs(context.Background(), level, message, attrs...) }
	l.hooks.Go(hook.Logger, write, func(error) { l.busy.Store(false) })
}

// warnPatience is how long a constructor waits for its warnings to be written.
const warnPatience = time.Second

// warn writes records before a constructor returns, unless the handler takes too long over them.
func (l *logger) warn(records ...warning) {
	if l.to == nil || len(records) == 0 || !l.busy.CompareAndSwap(false, true) {
		return
	}
	written := make(chan struct{})
	l.hooks.Go(hook.Logger, func() { l.write(records) }, func(error) {
		l.busy.Store(false)
		close(written)
	})
	timer := time.NewTimer(warnPatience)
	defer timer.Stop()
	select {
	case <-written:
	case <-timer.C:
	}
}

func (l *logger) write(records []warning) {
	for _, r := range records {
		l.to.LogAttrs(context.Background(), slog.LevelWarn, r.message, r.attrs...)
	}
}

// warning is a record of the level warn.
type warning struct {
	message string
	attrs   []slog.Attr
}
