package browsers

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"ms2.internal/lb/examples/ms1/orders"
)

// Tally counts orders and what became of them. Each posted order is one of Accepted, Refused, Unchecked and Broken.
type Tally struct {
	Posted, Accepted, Refused, Unchecked, Broken int

	// Kept counts those of flow 2, which held data that the browser had kept.
	Kept int

	// Attested counts those whose data came with attestations.
	Attested int

	// Bad counts the refused orders with a bad SID, by its kind.
	Bad map[string]int

	// Slipped counts the accepted orders with a bad SID.
	Slipped int

	// Wrong counts the wrong verdicts: a bad SID was accepted, or a good one refused.
	Wrong int

	// Failed counts the SIDs that MS1 could not check.
	Failed int

	// Times are how long each order took, of the first million.
	Times []time.Duration

	// Mishaps describes the first that went wrong, each in a line.
	Mishaps []string
}

// mostTimes bounds what is remembered of a crowd that orders for hours.
const mostTimes = 1_000_000

// add judges one answer.
func (t *Tally) add(d draft, a answer, err error, took time.Duration) {
	t.Posted++
	if len(t.Times) < mostTimes {
		t.Times = append(t.Times, took)
	}
	if d.Source == orders.Kept {
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
		t.accept(d)
	case a.status == http.StatusUnprocessableEntity:
		t.refuse(d, a)
	case a.status == http.StatusServiceUnavailable:
		t.Unchecked++
		t.Failed += max(1, len(a.named))
		t.mishap("an order could not be checked: %s", a.words)
	default:
		t.Broken++
		t.mishap("an order was answered %s", a.words)
	}
}

func (t *Tally) accept(d draft) {
	t.Accepted++
	if d.bad != "" {
		t.Slipped++
		t.Wrong++
		t.mishap("an order with the %s SID %q was accepted", d.bad, d.sid)
	}
}

func (t *Tally) refuse(d draft, a answer) {
	t.Refused++
	if d.bad != "" {
		t.Bad[d.bad]++
	}
	switch {
	case d.bad == "":
		t.Wrong++
		t.mishap("an order with genuine SIDs alone was refused: %s", a.words)
	case !a.names(d.sid):
		t.Wrong++
		t.mishap("an order with the %s SID %q was refused for others: %s", d.bad, d.sid, a.words)
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
