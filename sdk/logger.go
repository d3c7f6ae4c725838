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

	mu      sync.Mutex // locked for a whole method, by defer
	queue   []entry    // what is yet to be written; guarded by mu
	writing bool       // a goroutine writes; guarded by mu
}

// entry is a record to write, or a note that others were dropped.
type entry struct {
	slog.Record
	lost int // how many were; 0: this is no such note
}

// logQueue is the most records that wait for the handler, beside a note at their end.
const logQueue = 100

// log hands a record to the writer, without waiting for the handler.
func (l *logger) log(level slog.Level, message string, attrs ...slog.Attr) {
	if l.to == nil {
		return
	}
	r := slog.NewRecord(time.Now(), level, message, 0)
	r.AddAttrs(attrs...)
	if l.add(r) {
		l.write()
	}
}

// add queues a record and reports whether a writer must begin. A record that does not fit is counted by a note in its place.
func (l *logger) add(r slog.Record) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch last := len(l.queue) - 1; {
	case len(l.queue) < logQueue:
		l.queue = append(l.queue, entry{Record: r})
	case l.queue[last].lost > 0:
		l.queue[last].lost++
	default:
		note := slog.NewRecord(r.Time, slog.LevelWarn, "ms2: log records were dropped", 0)
		l.queue = append(l.queue, entry{note, 1})
	}
	begin := !l.writing
	l.writing = true
	return begin
}

// write has a goroutine write what is queued. A record that the handler panics over is gone, and the writer goes on with the next.
func (l *logger) write() {
	l.hooks.Go(hook.Logger, l.drain, func(fault error) {
		if fault != nil {
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
		}
	}
}

// next takes the first entry. The writer ends when there is none.
func (l *logger) next() (entry, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 {
		l.queue, l.writing = nil, false
		return entry{}, false
	}
	first := l.queue[0]
	l.queue = l.queue[1:]
	return first, true
}

// warnPatience is how long a constructor waits for its warnings to be written.
const warnPatience = time.Second

// warn writes records before a constructor returns, unless the handler takes too long over them.
func (l *logger) warn(records ...warning) {
	if l.to == nil || len(records) == 0 {
		return
	}
	for _, r := range records {
		l.log(slog.LevelWarn, r.message, r.attrs...)
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
