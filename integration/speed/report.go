package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// report prints a row for each figure and returns how many are not met.
func report(out io.Writer, all []experiment) (failed int) {
	fmt.Fprint(out, "\nmedians of the rounds; the ratio is present ÷ earlier [95 % confidence]\n\n")
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "figure\tunit\tpresent\tearlier\tratio\trounds\ttarget\tverdict")
	for _, e := range all {
		for _, s := range e.series {
			fmt.Fprintln(w, s.row())
			if s.verdict().failed() {
				failed++
			}
		}
	}
	_ = w.Flush()
	return failed
}

// row is the figure's line, in columns.
func (s *series) row() string {
	ratio := "–" // 0 ÷ 0 is none
	if s.target.kind != alwaysZero {
		ratio = s.ratios.String()
	}
	now, before := s.values[present], s.values[earlier]
	return fmt.Sprintf("%s\t%s\t%.4g\t%.4g\t%s\t%d\t%v\t%s",
		s.name, s.unit, now.Median(), before.Median(), ratio, len(now), s.target, s.verdict())
}
