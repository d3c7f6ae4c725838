package sdk

import (
	"context"
	"log/slog"
	"sync/atomic"

	"ms2.internal/lb/sdk/internal/attempt"
)

// logger writes to the adopter's log so that a handler which blocks or panics harms nothing but the log.
type logger struct {
	to    *slog.Logger // nil: silent
	hooks *attempt.Hooks
	busy  atomic.Bool
}

// log writes on a goroutine of its own. What comes while an earlier record is still being written is dropped.
func (l *logger) log(level slog.Level, message string, attrs ...slog.Attr) {
	if l.to == nil || !l.busy.CompareAndSwap(false, true) {
		return
	}
	l.hooks.Go(attempt.LoggerHook, func() {
		l.to.LogAttrs(context.Background(), level, message, attrs...)
	}, func(error) { l.busy.Store(false) })
}

// warn writes on the caller's goroutine, for a constructor that has something to say before it returns.
func (l *logger) warn(message string, attrs ...slog.Attr) {
	if l.to == nil {
		return
	}
	defer func() { _ = recover() }()
	l.to.LogAttrs(context.Background(), slog.LevelWarn, message, attrs...)
}
