package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"ms2.internal/lb/integration/speed/internal/sample"
)

// ahead is by how much a peer may be so without a mark.
const ahead = 1.03

// besideBest prints the ratios of ours to the best peer in each scenario, for each of the forms.
func besideBest(out io.Writer, present, theirs runs) {
	for _, form := range [2]string{"as they ship", "with our breaker"} {
		fmt.Fprintf(out, "\nbeside the best of the peers that ask nothing, %s\n\n", form)
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "scenario\tp50\tof\tp99\tof\tp99.9\tof")
		var means [3]mean
		for _, scenario := range present.of(ours).names() {
			fmt.Fprint(w, scenario)
			for i := range headings {
				name, peer := theirs.best(form, scenario, i)
				ratio := present.of(ours)[scenario][i][:len(peer)].Over(peer)
				means[i].add(ratio.Median())
				fmt.Fprintf(w, "\t%v%s\t%s", ratio, markAhead(ratio), name)
			}
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "geometric mean\t%v\t\t%v\t\t%v\t\n", means[0], means[1], means[2])
		_ = w.Flush()
	}
}

func markAhead(ratio sample.Sample) string {
	if ratio.Median() > ahead {
		return " !"
	}
	return ""
}

// best is the peer with the lowest median of a figure.
func (r runs) best(form, scenario string, figure int) (name string, values sample.Sample) {
	for c, played := range r {
		if c.Form != form {
			continue
		}
		s := played[scenario][figure]
		if values == nil || s.Median() < values.Median() || s.Median() == values.Median() && c.Policy < name {
			name, values = c.Policy, s
		}
	}
	return name, values
}
