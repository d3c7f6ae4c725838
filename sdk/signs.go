package sdk

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// signs watch what goes wrong by its signs, such as checks that fail: it begins with the first, and is over when none came for a time
// and checks are answered, or when none came for long.
type signs struct {
	journal  *journal
	answered func() int64 // checks that MS2 answered so far
	known    func() bool  // whether a replica is
	of       map[Reason]*sign

	mu     sync.Mutex  // locked for a whole method, by defer
	timer  *time.Timer // of the next look; nil while nothing goes on; guarded by mu
	closed bool        // guarded by mu
}

// sign counts the signs of one reason.
type sign struct {
	checks bool // each is a check that fails
	extra  bool // each is an extra attempt that was not made
	count  atomic.Int64
	open   atomic.Bool

	// What follows is guarded by signs.mu.
	first    int64         // count when it began
	windows  [2]window     // the last and the present
	seen     int64         // count at the last look
	seenAt   time.Time     // when it last had grown
	answered int64         // checks answered by that
	quiet    time.Duration // without a sign, after which it is over
	ended    time.Time     // when it last was
}

// window is a time that failures are held against answers in: what was long ago says nothing of now.
type window struct {
	begins           time.Time
	failed, answered int64 // by then
}

// windowTime is how long one is.
const windowTime = 10 * time.Second

// quietFirst is how long no sign may come for something to be over, and doubles, up to quietMost, while it comes back within that: what
// comes and goes is told ever less often.
const (
	quietFirst = time.Second
	quietMost  = time.Minute
	quietEnds  = 5 * time.Minute // after which it is over though MS2 was not asked since
	lookEvery  = 500 * time.Millisecond
)

func newSigns(j *journal, answered func() int64, known func() bool) *signs {
	s := &signs{journal: j, answered: answered, known: known, of: map[Reason]*sign{}}
	for _, r := range failedReasons {
		s.of[r] = &sign{checks: true}
	}
	s.of[ReasonHook], s.of[ReasonBudgetExhausted] = &sign{}, &sign{extra: true}
	return s
}

// note takes in a sign. While the same goes on that costs next to nothing, and say is not called.
func (s *signs) note(r, cause Reason, say func() string) {
	one := s.of[r]
	if one.count.Add(1); !one.open.Load() {
		s.begin(one, Problem{Reason: r, Cause: cause, Severity: one.severity(), Text: say()})
	}
}

// severity is how bad it is, as far as a first sign tells.
func (one *sign) severity() Severity {
	if one.extra {
		return Warning
	}
	return Critical
}

func (s *signs) begin(one *sign, p Problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || one.open.Swap(true) {
		return
	}
	now := time.Now()
	if one.quiet *= 2; one.quiet == 0 || now.Sub(one.ended) >= quietMost {
		one.quiet = quietFirst
	}
	one.quiet = min(one.quiet, quietMost)
	one.first, one.answered = one.count.Load(), s.answered()
	one.seen, one.seenAt = one.first, now
	one.windows[1] = window{now, one.first - 1, one.answered}
	one.windows[0] = one.windows[1]
	s.journal.begin(p, nil)
	if s.timer == nil {
		s.timer = time.AfterFunc(lookEvery, s.look)
	}
}

// look sees what is over.
func (s *signs) look() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timer = nil
	if s.closed {
		return
	}
	goesOn := false
	for r, one := range s.of {
		goesOn = one.open.Load() && !s.overLocked(r, one) || goesOn
	}
	if goesOn {
		s.timer = time.AfterFunc(lookEvery, s.look)
	}
}

// overLocked ends what is over, and reports whether it is.
func (s *signs) overLocked(r Reason, one *sign) bool {
	now, answered := time.Now(), s.answered()
	if now.Sub(one.windows[1].begins) >= windowTime {
		one.windows = [2]window{one.windows[1], {now, one.count.Load(), answered}}
	}
	if n := one.count.Load(); n != one.seen {
		one.seen, one.seenAt, one.answered = n, now, answered
		return false
	}
	switch quiet := now.Sub(one.seenAt); {
	case quiet < one.quiet, r == ReasonNoReplicas && !s.known():
		return false
	case one.checks && answered == one.answered && quiet < quietEnds:
		return false
	}
	one.open.Store(false)
	if one.count.Load() != one.seen { // one came in between, and found it open
		one.open.Store(true)
		return false
	}
	one.ended = now
	var evidence *Evidence
	if one.checks {
		evidence = &Evidence{Failed: one.seen - one.first + 1}
	}
	s.journal.end(r, one.ending(now, answered), evidence)
	return true
}

// ending says why it is over where that is not plain.
func (one *sign) ending(now time.Time, answered int64) string {
	if !one.checks || answered > one.answered || now.Sub(one.seenAt) < quietEnds {
		return ""
	}
	return fmt.Sprintf("none failed for %v, nor did any need MS2", quietEnds)
}

// weigh says of problems that are checks that fail how many do of late: where most are answered it is a warning.
func (s *signs) weigh(problems []Problem) []Problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range problems {
		p := &problems[i]
		one := s.of[p.Reason]
		if one == nil || !one.checks || !one.open.Load() {
			continue
		}
		failed, answered := one.count.Load()-one.windows[0].failed, s.answered()-one.windows[0].answered
		switch {
		case answered <= failed:
			p.Text = "checks fail: " + p.Text
			continue
		case failed == 0:
			p.Text = fmt.Sprintf("checks failed %v ago: %s", time.Since(one.seenAt).Round(time.Second), p.Text)
		default:
			p.Text = fmt.Sprintf("%d of %s that needed MS2 failed: %s", failed, counted(int(failed+answered), "check"), p.Text)
		}
		p.Severity = Warning
	}
	return problems
}

// close ends the watch.
func (s *signs) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed = true; s.timer != nil {
		s.timer.Stop()
	}
}
