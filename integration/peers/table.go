package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// print writes a row for each rule.
func (f field) print(out io.Writer, s settings) {
	fmt.Fprint(out, "\nNanoseconds a decision by the number of replicas: median of the rounds [95 % confidence]\n\n")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	header := []string{"rule"}
	for _, n := range s.replicas {
		header = append(header, fmt.Sprintf("%d serial", n), fmt.Sprintf("%d parallel", n))
	}
	most := s.replicas[len(s.replicas)-1]
	header = append(header, fmt.Sprintf("%d thin", most), "allocations", "measures latency")
	fmt.Fprintln(w, strings.Join(header, "\t"))
	for _, r := range s.rules {
		fmt.Fprintln(w, strings.Join(f.row(r, s.replicas), "\t"))
	}
	_ = w.Flush()
	if us := f.of(ours, most); us != nil && us.cores.median() > 0 {
		fmt.Fprintf(out, "\nWhile ours ran on all cores it had %v of them. Much below 1 means that other work was in the way: "+
			"measure again before believing the columns called parallel.\n", us.cores)
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
		all = append(all, us.against(f.of(gozero, n), 1.0/3)...)
		all = append(all, us.against(f.of(kratos, n), 1.0/3)...)
		all = append(all, us.against(f.of(bare, n), 1.15)...)
		all = append(all, us.unallocated()...)
		for _, r := range []rule{weighted, broken, zoned} {
			all = append(all, f.of(r, n).against(f.of(bare, n), 1.5)...)
			all = append(all, f.of(r, n).unallocated()...)
		}
	}
	return append(all, f.of(ours, sizes[len(sizes)-1]).grown(f.of(ours, sizes[0]))...)
}

// against are the targets of a rule beside another, over as many replicas; none where one of them was left out.
func (e *entrant) against(other *entrant, limit float64) []target {
	if e == nil || other == nil {
		return nil
	}
	what := fmt.Sprintf("%d replicas: %s ÷ %s, ", e.replicas, e.rule.name, other.rule.name)
	return []target{
		atMost(limit, what+"serial", e.serial.over(other.serial)),
		atMost(limit, what+"parallel", e.parallel.over(other.parallel)),
	}
}

// unallocated is the target of a rule that allocates nothing.
func (e *entrant) unallocated() []target {
	if e == nil {
		return nil
	}
	return []target{atMost(0, fmt.Sprintf("%d replicas: allocations of %s", e.replicas, e.rule.name), sample{e.allocations})}
}

// grown are the targets of a rule over many replicas beside itself over few.
func (e *entrant) grown(few *entrant) []target {
	if e == nil {
		return nil
	}
	what := fmt.Sprintf("%s at %d replicas ÷ at %d, ", e.rule.name, e.replicas, few.replicas)
	return []target{
		atMost(1.5, what+"serial", e.serial.over(few.serial)),
		atMost(1.5, what+"parallel", e.parallel.over(few.parallel)),
	}
}
