package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// entrant is a stack that takes part.
type entrant struct {
	name   string
	open   opener
	hedges bool // it sends a second request when the first takes long, so nothing here beats it where callers wait 150 ms
}

// entrants are ours and its peers.
func entrants() []entrant {
	return []entrant{
		{name: "ours", open: openOurs},
		{name: "round robin", open: openRoundRobin},
		{name: "httplb, retries", open: openPowerOfTwo},
		{name: "failsafe-go", open: openFailsafe, hedges: true},
		{name: "failsafe-go, strict", open: openStrictFailsafe, hedges: true},
	}
}

// contest is a kind and what each entrant made of it, in their order.
type contest struct {
	row     *row
	figures []*figures
}

// measurePeers is the table of the peers.
func measurePeers(ctx context.Context, out io.Writer, o options) (int, error) {
	var all []*contest
	var tasks []task
	for _, r := range rows(o.kinds, o.onsets[:1]) {
		c := &contest{r, make([]*figures, len(entrants()))}
		all, tasks = append(all, c), append(tasks, c.tasks(o)...)
	}
	if err := runAll(ctx, tasks, o.atOnce, o.progress); err != nil {
		return 0, err
	}
	return printContests(out, all, o), nil
}

// tasks play the same arrivals to each entrant.
func (c *contest) tasks(o options) (all []task) {
	for i, e := range entrants() {
		all = append(all, task{c.row.kind.name + ", " + e.name, func(ctx context.Context) (err error) {
			c.figures[i], err = c.row.cell(loneLoad, o.span, o.seed).run(ctx, e.open)
			return err
		}})
	}
	return all
}

// beaten reports whether a peer failed fewer checks than ours.
func (c *contest) beaten() bool {
	for i, e := range entrants() {
		if e.hedges && c.row.kind.callers != patient {
			continue
		}
		if c.figures[i].failed < c.figures[0].failed {
			return true
		}
	}
	return false
}

func printContests(out io.Writer, all []*contest, o options) (missed int) {
	fmt.Fprintf(out, "\nThree replicas, one of them bad from the start; %v checks a second for %v. Failed, failed after the first second · "+
		"share of requests to the bad one · p50/p99 ms.\n! marks a row in which a peer failed fewer checks than ours.\n\n", loneLoad.calls, o.span)
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprint(w, "bad replica")
	for _, e := range entrants() {
		fmt.Fprint(w, "\t", e.name)
	}
	for _, c := range all {
		name := c.row.kind.name
		if c.beaten() {
			name, missed = name+"!", missed+1
		}
		fmt.Fprint(w, "\n", name, "\t", strings.Join(c.cells(), "\t"))
	}
	fmt.Fprintln(w)
	_ = w.Flush()
	return missed
}

func (c *contest) cells() (cells []string) {
	for _, f := range c.figures {
		text := fmt.Sprintf("%d, %d · %.1f %% · %.1f/%.1f", f.failed, f.then, 100*f.share, milliseconds(f.p50), milliseconds(f.p99))
		if f.wrong > 0 {
			text += fmt.Sprintf(" · %d wrong", f.wrong)
		}
		cells = append(cells, text)
	}
	return cells
}
