package sdk_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// story is what happened in one sequence, as seen from outside the client: by its callers and by MS2.
type story struct {
	plan  plan
	began time.Time

	mu          sync.Mutex
	n           int // moments so far
	requests    []*request
	checks      []*checked
	forgettings []*forgetting
}

// moment is when something happened. Those of one instant are told apart by their number.
type moment struct {
	at time.Duration // since the story began
	n  int
}

// request is one HTTP request, with what came of it for each of its SIDs.
type request struct {
	ctx         context.Context
	items       []protocol.Item
	single      bool
	sent, ended moment
	word        string
	told        map[string]said
}

// outcome is what a request came to for one SID, by the table of section 5.
type outcome string

const (
	answered outcome = "answered"
	failed   outcome = "failed"
	refused  outcome = "refused"
	turned   outcome = "turned away" // asked again in parts, or by the other door
	gaveUp   outcome = "given up"
)

// said is what MS2 said of a SID.
type said struct {
	outcome
	valid         bool
	version, kind string
	ages
	whole ages          // as they were told, when some had passed
	vague bool          // the ages are at most these: the answer left them as they were
	aged  time.Duration // how old it was when it was given
}

// ages are for how long an answer may be used: fresh, and after that.
type ages struct{ fresh, revalidate, onError time.Duration }

func (a ages) String() string { return fmt.Sprintf("%v+%v/%v", a.fresh, a.revalidate, a.onError) }

// checked is one check, and what it brought.
type checked struct {
	sid          string
	noCache      bool
	limit        time.Duration // MaxAge; 0 for none
	version      string        // HasVersion
	all          bool          // by ValidateAll
	patience     time.Duration // the caller's deadline, or when it cancels; 0 for neither
	cancels      bool
	began, ended moment
	verdict      sdk.Verdict
	err          error
}

// forgetting is one Invalidate of one SID.
type forgetting struct {
	sid          string
	began, ended moment
}

// mark is the present moment.
func (s *story) mark() moment {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.markLocked()
}

func (s *story) markLocked() moment {
	s.n++
	return moment{time.Since(s.began), s.n}
}

// sent records a request as it comes in.
func (s *story) sent(r *request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.sent = s.markLocked()
	s.requests = append(s.requests, r)
}

// end records what a request comes to: each for the SIDs that it names, and the outcome for all others.
func (s *story) end(r *request, word string, all outcome, each map[string]said) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.ended, r.word, r.told = s.markLocked(), word, each
	if r.told == nil {
		r.told = map[string]said{}
	}
	for _, item := range r.items {
		if _, ok := r.told[item.SID]; !ok {
			r.told[item.SID] = said{outcome: all}
		}
	}
}

// of is the part of the story that concerns a SID.
func (s *story) of(sid string) *story {
	part := &story{plan: s.plan, began: s.began}
	for _, r := range s.requests {
		if slices.ContainsFunc(r.items, func(i protocol.Item) bool { return i.SID == sid }) {
			part.requests = append(part.requests, r)
		}
	}
	for _, c := range s.checks {
		if c.sid == sid {
			part.checks = append(part.checks, c)
		}
	}
	for _, f := range s.forgettings {
		if f.sid == sid {
			part.forgettings = append(part.forgettings, f)
		}
	}
	return part
}

// read tells the story of a SID, a line an event.
func (s *story) read(sid string) string {
	type line struct {
		moment
		text string
	}
	var lines []line
	add := func(m moment, format string, args ...any) {
		lines = append(lines, line{m, fmt.Sprintf(format, args...)})
	}
	for _, r := range s.requests {
		add(r.sent, "request %d: %+v", r.sent.n, r.items)
		if t := r.told[sid]; t.outcome == answered {
			add(r.ended, "request %d: %s: valid %t, version %q, kind %q, ages %v", r.sent.n, r.word, t.valid, t.version, t.kind, t.ages)
		} else {
			add(r.ended, "request %d: %s: %s", r.sent.n, r.word, t.outcome)
		}
	}
	for _, c := range s.checks {
		add(c.began, "check %d: %s", c.began.n, c)
		add(c.ended, "check %d: %s", c.began.n, c.result(s.began))
	}
	for _, f := range s.forgettings {
		add(f.began, "invalidate")
		add(f.ended, "invalidated")
	}
	slices.SortFunc(lines, func(a, b line) int { return cmp.Compare(a.n, b.n) })
	var text strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&text, "  %4d %13v  %s\n", l.n, l.at, l.text)
	}
	return text.String()
}

func (c *checked) String() string {
	return fmt.Sprintf("no cache %t, max age %v, version %q, of many %t, patience %v, cancels %t",
		c.noCache, c.limit, c.version, c.all, c.patience, c.cancels)
}

func (c *checked) result(began time.Time) string {
	if c.err != nil {
		return c.err.Error()
	}
	v := c.verdict
	return fmt.Sprintf("valid %t, version %q, kind %q, %v, expires %v", v.Valid, v.Version, v.Kind, v.Origin, v.Expires.Sub(began))
}
