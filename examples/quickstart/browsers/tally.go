package browsers

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Tally counts orders and what became of them.
type Tally struct {
	Posted, Accepted, Refused int

	// Kept counts those of flow 2, which held data that the browser had kept.
	Kept int

	// Attested counts those whose data came with attestations.
	Attested int

	// Bad counts the posted orders with a bad SID, by its kind.
	Bad map[string]int

	// Wrong counts the wrong verdicts: a bad SID was accepted, or a good one refused.
	Wrong int

	// Unchecked counts the SIDs that MS1 could not check.
	Unchecked int

	// Broken counts the orders that got no answer that makes sense.
	Broken int

	// Times are how long each order took.
	Times []time.Duration

	// Mishaps describes the first that went wrong.
	Mishaps []string
}

// add judges one answer.
func (t *Tally) add(d draft, a answer, err error, took time.Duration) {
	t.Posted++
	t.Times = append(t.Times, took)
	if d.bad != "" {
		t.Bad[d.bad]++
	}
	if d.Source == "kept" {
		t.Kept++
	}
	if d.attested() {
		t.Attested++
	}
	switch {
	case err != nil:
		t.Broken++
		t.mishap("an order got no proper answer: %v", err)
	case a.status == http.StatusCreated:
		t.Accepted++
		if d.bad != "" {
			t.Wrong++
			t.mishap("an order with the %s SID %q was accepted", d.bad, d.sid)
		}
	case a.status == http.StatusUnprocessableEntity:
		t.Refused++
		if d.bad == "" || !a.names(d.sid) {
			t.Wrong++
			t.mishap("an order was refused for %q; bad was %q", a.named, d.sid)
		}
	case a.status == http.StatusServiceUnavailable:
		t.Unchecked += max(1, len(a.named))
		t.mishap("an order could not be checked: %s", a.text)
	default:
		t.Broken++
		t.mishap("an order was answered %d: %s", a.status, a.text)
	}
}

// names reports whether the answer blames this SID and no other. A long one is cut off there.
func (a answer) names(sid string) bool {
	for _, named := range a.named {
		start, cut := strings.CutSuffix(named, "…")
		if named != sid && !(cut && strings.HasPrefix(sid, start)) {
			return false
		}
	}
	return len(a.named) > 0
}

func (t *Tally) mishap(format string, args ...any) {
	const told = 5
	if len(t.Mishaps) < told {
		t.Mishaps = append(t.Mishaps, fmt.Sprintf(format, args...))
	}
}

// Posted is how many orders were answered so far.
func (c *Crowd) Posted() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tally.Posted
}

// Tally is the count so far, with the times in order.
func (c *Crowd) Tally() Tally {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.tally
	t.Bad, t.Times, t.Mishaps = maps.Clone(t.Bad), slices.Clone(t.Times), slices.Clone(t.Mishaps)
	slices.Sort(t.Times)
	return t
}
