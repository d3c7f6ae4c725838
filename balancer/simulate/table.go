package simulate

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// result is a scenario played by every policy, for each of the seeds.
type result struct {
	scenario *scenario
	samples  [][]sample // by contender, by seed
	curves   [][]curve
}

// tolerance is by how much ours may be behind the best peer.
const tolerance = 1.05

// String is the scenario's table: medians over the seeds, in brackets the least and the most.
func (r *result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", r.scenario.name)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "policy\t%s\n", strings.Join(headings[:], "\t"))
	for i := range contenders {
		r.row(w, i)
	}
	w.Flush()
	for _, f := range []figure{p99, p999} {
		fmt.Fprintln(&b, r.verdict(f))
	}
	return b.String()
}

func (r *result) row(w io.Writer, i int) {
	fmt.Fprint(w, contenders[i].title())
	for f := range figure(figures) {
		fmt.Fprintf(w, "\t%s", r.cell(i, f))
	}
	fmt.Fprintln(w)
}

// title marks the bounds.
func (c contender) title() string {
	if c.bound {
		return "(" + c.name + ")"
	}
	return c.name
}

// cell marks the best of ours and the peers by a star.
func (r *result) cell(i int, f figure) string {
	values := r.values(i, f)
	if f > p999 {
		return fmt.Sprintf("%.4g", median(values))
	}
	mark := ""
	if i == r.best(f, anyone) {
		mark = "*"
	}
	return fmt.Sprintf("%.4g [%.4g %.4g]%s", median(values), slices.Min(values), slices.Max(values), mark)
}

func (r *result) values(i int, f figure) []float64 {
	values := make([]float64, len(r.samples[i]))
	for seed, s := range r.samples[i] {
		values[seed] = s[f]
	}
	return values
}

// Those among whom the best is looked for; bounds are not.
func anyone(c contender) bool   { return !c.bound }
func peers(c contender) bool    { return !c.bound && !strings.HasPrefix(c.name, "ours") }
func unhelped(c contender) bool { return peers(c) && !c.asks }

// best is the contender of the lowest median.
func (r *result) best(f figure, among func(contender) bool) int {
	best := none
	for i, c := range contenders {
		if among(c) && (best == none || median(r.values(i, f)) < median(r.values(best, f))) {
			best = i
		}
	}
	return best
}

// behind is ours relative to the best of some, in the median of the seeds.
func (r *result) behind(f figure, among func(contender) bool) (ratio float64, peer string) {
	best := r.best(f, among)
	ours, theirs := r.values(0, f), r.values(best, f)
	for i := range ours {
		ours[i] /= theirs[i]
	}
	return median(ours), contenders[best].name
}

// verdict says how ours compares with the best peer, and with the best that needs no help of the replicas.
func (r *result) verdict(f figure) string {
	text := "ours at " + headings[f]
	for _, among := range []func(contender) bool{peers, unhelped} {
		ratio, peer := r.behind(f, among)
		if text += fmt.Sprintf(", %.3f of %s", ratio, peer); ratio > tolerance {
			text += " (WORSE)"
		}
	}
	return text
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}
