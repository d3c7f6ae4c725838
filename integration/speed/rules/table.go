package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"ms2.internal/lb/integration/speed/internal/sample"
)

// besideVariant prints the ratios of the present rule to another.
func besideVariant(out io.Writer, name string, present, other scenarios) {
	fmt.Fprintf(out, "\nbeside %s\n\n", name)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "scenario\t%s\n", strings.Join(headings[:], "\t"))
	var means [3]mean
	for _, scenario := range present.names() {
		fmt.Fprint(w, scenario)
		for i := range headings {
			ratio := present[scenario][i].Over(other[scenario][i])
			means[i].add(ratio.Median())
			fmt.Fprintf(w, "\t%v%s", ratio, mark(ratio, present[scenario][i], other[scenario][i]))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "geometric mean\t%v\t%v\t%v\n", means[0], means[1], means[2])
	_ = w.Flush()
}

// mark is that of the package comment.
func mark(ratio, present, other sample.Sample) string {
	switch s := ratio.Summary(); {
	case math.IsInf(s.Hi, 0):
		return ""
	case present.Summary().Lo > other.Summary().Hi:
		return " !!"
	case s.Lo > 1:
		return " !"
	case s.Hi < 1:
		return " *"
	}
	return ""
}

// mean is a geometric one.
type mean struct {
	logs  float64
	count int
}

func (m *mean) add(x float64) {
	m.logs += math.Log(x)
	m.count++
}

func (m mean) String() string { return fmt.Sprintf("%.3f", math.Exp(m.logs/float64(m.count))) }
