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
	samples  [forms][][]sample // by contender, by seed
	curves   [][]curve         // as they ship
	opened   []bool            // a breaker in front of the contender did, in one of the seeds
}

// form is how the peers are played. Ours has its breakers in both.
type form int

const (
	asShipped form = iota
	withBreaker
	forms int = iota
)

var formNames = [forms]string{"as they ship", "with our breaker"}

// tolerance is by how much ours may be behind the best peer.
const tolerance = 1.05

func newResult(s *scenario) *result {
	r := &result{scenario: s, curves: make([][]curve, len(contenders)), opened: make([]bool, len(contenders))}
	for f := range r.samples {
		r.samples[f] = make([][]sample, len(contenders))
	}
	return r
}

// play plays one seed to a contender. A peer whose breakers never opened did as it does without.
func (r *result) play(i int, traffic []request, seed uint64) {
	c := contenders[i]
	if !peers(c) {
		m := play(r.scenario, traffic, seed, c.make)
		r.add(i, m, m)
		return
	}
	guarded := play(r.scenario, traffic, seed, guard(c.make))
	shipped := guarded
	if guarded.opened {
		shipped = play(r.scenario, traffic, seed, c.make)
	}
	r.add(i, shipped, guarded)
}

func (r *result) add(i int, shipped, guarded measured) {
	r.opened[i] = r.opened[i] || guarded.opened
	r.samples[asShipped][i] = append(r.samples[asShipped][i], shipped.sample())
	r.samples[withBreaker][i] = append(r.samples[withBreaker][i], guarded.sample())
	r.curves[i] = append(r.curves[i], shipped.curve())
}

// String is the scenario's tables: medians over the seeds, in brackets the least and the most. In the second are the peers
// whose breakers ever opened: the others' rows would be the same.
func (r *result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", r.scenario.name)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "policy\t%s\n", strings.Join(headings[:], "\t"))
	for f := range form(forms) {
		for i := range contenders {
			if r.played(i) && (f == asShipped || r.opened[i]) {
				r.row(w, f, i)
			}
		}
	}
	w.Flush()
	if r.played(0) && r.best(asShipped, p99, unhelped) != none {
		fmt.Fprintf(&b, "%s\n%s\n", r.verdict(p99), r.verdict(p999))
	}
	return b.String()
}

func (r *result) played(i int) bool { return len(r.curves[i]) > 0 }

func (r *result) row(w io.Writer, f form, i int) {
	fmt.Fprint(w, contenders[i].title())
	if f == withBreaker {
		fmt.Fprint(w, ", our breaker")
	}
	for at := range figure(figures) {
		fmt.Fprintf(w, "\t%s", r.cell(f, i, at))
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
func (r *result) cell(f form, i int, at figure) string {
	values := r.values(f, i, at)
	if at > p999 {
		return fmt.Sprintf("%.4g", median(values))
	}
	mark := ""
	if i == r.best(f, at, anyone) {
		mark = "*"
	}
	return fmt.Sprintf("%.4g [%.4g %.4g]%s", median(values), slices.Min(values), slices.Max(values), mark)
}

func (r *result) values(f form, i int, at figure) []float64 {
	values := make([]float64, len(r.samples[f][i]))
	for seed, s := range r.samples[f][i] {
		values[seed] = s[at]
	}
	return values
}

// Groups of contenders.
func all(contender) bool        { return true }
func anyone(c contender) bool   { return !c.bound }
func isOurs(c contender) bool   { return c.name == contenders[0].name }
func peers(c contender) bool    { return anyone(c) && !isOurs(c) }
func unhelped(c contender) bool { return peers(c) && !c.asks }

// best is the contender of the lowest median among those that were played.
func (r *result) best(f form, at figure, among func(contender) bool) int {
	best := none
	for i, c := range contenders {
		if among(c) && r.played(i) && (best == none || median(r.values(f, i, at)) < median(r.values(f, best, at))) {
			best = i
		}
	}
	return best
}

// behind is ours relative to the best of some, in the median of the seeds.
func (r *result) behind(f form, at figure, among func(contender) bool) (ratio float64, peer string) {
	best := r.best(f, at, among)
	ours, theirs := r.values(f, 0, at), r.values(f, best, at)
	for i := range ours {
		ours[i] /= theirs[i]
	}
	return median(ours), contenders[best].name
}

// verdict says how ours compares with the best peer, and with the best that needs no help of the replicas, in both forms.
func (r *result) verdict(at figure) string {
	text := "ours at " + headings[at]
	for f := range form(forms) {
		text += "; beside peers " + formNames[f]
		for _, among := range []func(contender) bool{peers, unhelped} {
			ratio, peer := r.behind(f, at, among)
			if text += fmt.Sprintf(", %.3f of %s", ratio, peer); ratio > tolerance {
				text += " (WORSE)"
			}
		}
	}
	return text
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}
