package sdk

import (
	"log/slog"
	"maps"
	"slices"
	"time"
)

// pace holds the log to what a person can read: so many lines in any minute, of replicas fewer, so that there is room for what is said of
// the whole, and of one thing three. What begins or is over is said, though it be later, unless it is not so any more by then: the log
// never ends with a replica that is out and is back for long, nor the reverse. The zero value works. It is guarded by the lock of whom it belongs to.
type pace struct {
	lines, ofReplicas recent
	of                map[string]*recent // by what it is about
	begun             map[string]bool    // what the log says goes on
	owed              map[string]owed    // what began or is over, and the log does not say so yet
	suppressed        int                // lines, since that was last told
}

const (
	paceTime       = time.Minute
	paceLines      = 18 // in a minute: one more may tell of those kept back, and one of forged tokens
	paceOfReplicas = 12
	paceOfOne      = 3
	paceDebug      = 60 // of the level debug, which are counted apart
)

// subject is what a line is about.
type subject struct {
	name    string // the same of its beginning and its end; "" for what has neither
	replica bool
	part    part
}

// part is what a line is of a thing that goes on for a time.
type part int

const (
	whole part = iota // it is over as soon as it is told
	beginning
	ending
)

// owed is a line that was kept back.
type owed struct {
	subject
	slog.Record
}

// admits reports whether a line may be written now, and counts it.
func (p *pace) admits(s subject, r slog.Record) bool {
	switch s.part {
	case beginning:
		if p.settles(s.name) { // the log says already that it goes on
			return p.suppress()
		}
	case ending:
		if p.settles(s.name) || !p.begun[s.name] { // the log does not know of it
			return p.suppress()
		}
	}
	if p.hasRoom(s, r.Time) {
		p.write(s, r.Time)
		return true
	}
	if s.part == ending || s.part == beginning && !p.begun[s.name] {
		p.owe(s, r)
	}
	return p.suppress()
}

// hasRoom reports whether the minute has room for a line.
func (p *pace) hasRoom(s subject, now time.Time) bool {
	if p.lines.full(paceLines, now) || s.replica && p.ofReplicas.full(paceOfReplicas, now) {
		return false
	}
	p.forget(now)
	own := p.of[s.name]
	return s.part == ending || own == nil || s.name == "" || !own.full(paceOfOne, now)
}

// write counts a line.
func (p *pace) write(s subject, now time.Time) {
	p.lines.add(now)
	if s.replica {
		p.ofReplicas.add(now)
	}
	if s.name == "" {
		return
	}
	if p.of == nil {
		p.of, p.begun = map[string]*recent{}, map[string]bool{}
	}
	if p.of[s.name] == nil {
		p.of[s.name] = &recent{}
	}
	p.of[s.name].add(now)
	switch s.part {
	case beginning:
		p.begun[s.name] = true
	case ending:
		delete(p.begun, s.name)
	}
}

// settles reports whether the line kept back of something said the opposite, and drops it: the log says what is so.
func (p *pace) settles(name string) bool {
	_, owes := p.owed[name]
	delete(p.owed, name)
	return owes
}

func (p *pace) owe(s subject, r slog.Record) {
	if p.owed == nil {
		p.owed = map[string]owed{}
	}
	p.owed[s.name] = owed{s, r}
}

// pay returns what was kept back, is still so and has room now, the oldest first, and counts it.
func (p *pace) pay(now time.Time) (due []slog.Record) {
	oldest := func(a, b owed) int { return a.Time.Compare(b.Time) }
	for _, o := range slices.SortedFunc(maps.Values(p.owed), oldest) {
		if p.lines.full(paceLines, now) || o.replica && p.ofReplicas.full(paceOfReplicas, now) {
			continue
		}
		delete(p.owed, o.name)
		p.write(o.subject, now)
		p.suppressed = max(0, p.suppressed-1)
		due = append(due, o.Record)
	}
	return due
}

func (p *pace) suppress() bool {
	p.suppressed++
	return false
}

// forget drops what nothing was said of in the last minute.
func (p *pace) forget(now time.Time) {
	for name, r := range p.of {
		if !r.full(1, now) {
			delete(p.of, name)
		}
	}
}

// drop has something need no end: what it was of is gone.
func (p *pace) drop(name string) {
	delete(p.begun, name)
	delete(p.owed, name)
}

// keptBack is the message that tells of lines that were.
const keptBack = "ms2: log lines were kept back, since there were too many; the events in Stats are complete"

// tell returns how many were kept back, and counts them as told.
func (p *pace) tell() int {
	defer func() { p.suppressed = 0 }()
	return p.suppressed
}

// recent is the moments of the last lines.
type recent []time.Time

// full reports whether there were so many lines in the last minute.
func (r *recent) full(most int, now time.Time) bool {
	for len(*r) > 0 && now.Sub((*r)[0]) >= paceTime {
		*r = (*r)[1:]
	}
	return len(*r) >= most
}

func (r *recent) add(now time.Time) { *r = append(*r, now) }
