package sdk

import (
	"log/slog"
	"time"
)

// What waits for the log: bounded, in order, and not more of it than a person can read.

// entry is a record to write, or a note that others were dropped.
type entry struct {
	slog.Record
	lost int // how many were; 0: this is no such note
}

// logQueue is the most records that wait for the handler, beside a note at their end.
const logQueue = 100

// admit queues a record unless too many were written of late, and reports whether a writer must begin.
func (l *logger) admit(s subject, r slog.Record) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case r.Level < slog.LevelInfo:
		if l.debug.full(paceDebug, r.Time) {
			return false
		}
		l.debug.add(r.Time)
	case !l.pace.admits(s, r):
		l.stats.Suppressed++
		l.tellLaterLocked()
		return false
	}
	return l.addLocked(r)
}

// tellLaterLocked has the lines kept back told when the minute is over.
func (l *logger) tellLaterLocked() {
	if l.told == nil && !l.closed {
		l.told = time.AfterFunc(paceTime, l.tell)
	}
}

// forget has something need no end.
func (l *logger) forget(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pace.drop(name)
}

// tell writes what was kept back and is still so, and how many lines were.
func (l *logger) tell() {
	if l.settle(false) {
		l.write()
	}
}

// close does the same a last time.
func (l *logger) close() {
	if l.settle(true) {
		l.write()
	}
}

// settle queues what is to be told of the lines kept back, and reports whether a writer must begin.
func (l *logger) settle(last bool) (begin bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.told != nil {
		l.told.Stop()
		l.told = nil
	}
	if l.closed {
		return false
	}
	l.closed = last
	for _, r := range l.pace.pay(time.Now()) {
		begin = l.addLocked(r) || begin
	}
	if n := l.pace.tell(); n > 0 {
		begin = l.addLocked(l.record(slog.LevelWarn, keptBack, []slog.Attr{slog.Int("suppressed", n)})) || begin
	}
	if len(l.pace.owed) > 0 {
		l.tellLaterLocked()
	}
	return begin
}

// counted returns what was counted so far.
func (l *logger) counted() LogStats {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stats
}

// add queues a record however many were written.
func (l *logger) add(r slog.Record) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.addLocked(r)
}

// addLocked queues a record and reports whether a writer must begin. A record that does not fit is counted by a note in its place.
func (l *logger) addLocked(r slog.Record) bool {
	switch last := len(l.queue) - 1; {
	case len(l.queue) < logQueue:
		l.queue = append(l.queue, entry{Record: r})
	case l.queue[last].lost > 0:
		l.queue[last].lost++
		l.stats.Dropped++
	default:
		l.queue = append(l.queue, entry{l.record(slog.LevelWarn, "ms2: log records were dropped", nil), 1})
		l.stats.Dropped++
	}
	begin := !l.writing
	l.writing = true
	return begin
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

// handled counts a record that the handler took, or panicked over.
func (l *logger) handled(taken bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if taken {
		l.stats.Written++
	} else {
		l.stats.Dropped++
	}
}
