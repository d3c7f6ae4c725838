package sdk

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"ms2.internal/lb/sdk/internal/hook"
)

// logger writes to the adopter's log, in order and behind those who log: a handler that blocks or panics harms the log alone.
type logger struct {
	to    *slog.Logger // nil: silent
	hooks *hook.Guard
	who   []slog.Attr // which client logs

	mu      sync.Mutex  // locked for a whole method, by defer
	queue   []entry     // what is yet to be written; guarded by mu
	writing bool        // a goroutine writes; guarded by mu
	pace    pace        // guarded by mu
	debug   recent      // lines of that level; guarded by mu
	told    *time.Timer // tells of lines kept back; nil while there are none; guarded by mu
	closed  bool        // guarded by mu
	stats   LogStats    // guarded by mu
}

// newLogger returns one whose records say which client they are of.
func newLogger(to *slog.Logger, hooks *hook.Guard, client, service string) *logger {
	return &logger{to: to, hooks: hooks, who: []slog.Attr{slog.String("client", client), slog.String("service", service)}}
}

// record is one for the log: the client comes first.
func (l *logger) record(level slog.Level, message string, attrs []slog.Attr) slog.Record {
	r := slog.NewRecord(time.Now(), level, message, 0)
	r.AddAttrs(l.who...)
	r.AddAttrs(attrs...)
	return r
}

// log hands a record to the writer, without waiting for the handler.
func (l *logger) log(level slog.Level, message string, attrs ...slog.Attr) {
	l.about(subject{}, level, message, attrs...)
}

// about is log for a record about something of which there may be many: some are kept back.
func (l *logger) about(s subject, level slog.Level, message string, attrs ...slog.Attr) {
	if l.to == nil || message == "" {
		return
	}
	if l.admit(s, l.record(level, message, attrs)) {
		l.write()
	}
}

// write has a goroutine write what is queued. A record that the handler panics over is gone, and the writer goes on with the next.
func (l *logger) write() {
	l.hooks.Go(hook.Logger, l.drain, func(fault error) {
		if fault != nil {
			l.handled(false)
			l.write()
		}
	})
}

// drain writes until nothing is queued.
func (l *logger) drain() {
	ctx := context.Background()
	for e, ok := l.next(); ok; e, ok = l.next() {
		if e.lost > 0 {
			e.AddAttrs(slog.Int("count", e.lost))
		}
		if l.to.Enabled(ctx, e.Level) {
			_ = l.to.Handler().Handle(ctx, e.Record)
			l.handled(true)
		}
	}
}

// warnPatience is how long a constructor waits for its warnings to be written.
const warnPatience = time.Second

// warn writes records before a constructor returns, unless the handler takes too long over them.
func (l *logger) warn(records ...warning) {
	if l.to == nil || len(records) == 0 {
		return
	}
	for _, w := range records {
		if l.add(l.record(slog.LevelWarn, w.message, w.attrs)) {
			l.write()
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), warnPatience)
	defer cancel()
	_ = l.hooks.Wait(ctx) // no other hook runs while a client is made
}

// warning is a record of the level warn.
type warning struct {
	message string
	attrs   []slog.Attr
}
