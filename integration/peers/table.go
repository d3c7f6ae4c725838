package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// print writes a row for each rule.
func (f field) print(out io.Writer, sizes []int) {
	fmt.Fprint(out, "\nNanoseconds a decision by the number of replicas: median of the rounds [95 % confidence]\n\n")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	header := []string{"rule"}
	for _, n := range sizes {
		header = append(header, fmt.Sprintf("%d serial", n), fmt.Sprintf("%d parallel", n))
	}
	most := sizes[len(sizes)-1]
	header = append(header, fmt.Sprintf("%d thin", most), "allocations", "measures latency")
	fmt.Fprintln(w, strings.Join(header, "\t"))
	for _, r := range rules() {
		fmt.Fprintln(w, strings.Join(f.row(r, sizes), "\t"))
	}
	_ = w.Flush()
	if cores := f.of(ours, most).cores; cores.median() > 0 {
		fmt.Fprintf(out, "\nWhile ours ran on all cores it had %v of them. Much below 1 means that other work was in the way: "+
			"measure again before believing the columns called parallel.\n", cores)
	}
}

func (f field) row(r rule, sizes []int) []string {
	row, allocations, last := []string{r.name}, 0.0, (*entrant)(nil)
	for _, n := range sizes {
		last = f.of(r, n)
		row = append(row, last.serial.String(), last.parallel.String())
		allocations = max(allocations, last.allocations)
	}
	return append(row, last.thin.String(), show(allocations), r.measures)
}

// targets are what ours should cost beside the others, in the same rounds.
func (f field) targets(sizes []int) (all []target) {
	for _, n := range sizes {
		us := f.of(ours, n)
		for _, peer := range []rule{gozero, kratos} {
			all = append(all, us.against(f.of(peer, n), 1.0/3)...)
		}
		all = append(all, us.against(f.of(bare, n), 1.3)...)
		all = append(all, atMost(0, fmt.Sprintf("%d replicas: allocations of ours", n), sample{us.allocations}))
	}
	few, many := f.of(ours, sizes[0]), f.of(ours, sizes[len(sizes)-1])
	what := fmt.Sprintf("ours at %d replicas ÷ at %d, ", many.replicas, few.replicas)
	return append(all,
		atMost(1.5, what+"serial", many.serial.over(few.serial)),
		atMost(1.5, what+"parallel", many.parallel.over(few.parallel)))
}

// against are the targets of a rule beside another, over as many replicas.
func (e *entrant) against(other *entrant, limit float64) []target {
	what := fmt.Sprintf("%d replicas: %s ÷ %s, ", e.replicas, e.rule.name, other.rule.name)
	return []target{
		atMost(limit, what+"serial", e.serial.over(other.serial)),
		atMost(limit, what+"parallel", e.parallel.over(other.parallel)),
	}
}
