package main

import (
	"fmt"
	"io"
	"strings"
)

// writeTable writes the curve as a table of Markdown, below what it was measured with.
func writeTable(w io.Writer, o options, curve []point) {
	fmt.Fprintf(w, "%d replicas, %v for a request; max_age %v, then stale for %v; Zipf %v; seed %d.\n",
		o.replicas, o.service, o.maxAge, o.stale, o.zipf, o.seed)
	fmt.Fprintf(w, "Each load played for %v, %d times to each mode: medians, with intervals of %.1f %%. Latency counts from the schedule.\n\n",
		o.span, o.rounds, 100*o.coverage())
	fmt.Fprintf(w, "| checks/s | mode |%s\n", cells(func(f figure) string { return f.String() }))
	fmt.Fprintf(w, "| ---: | :--- |%s\n", cells(func(figure) string { return "---:" }))
	for _, p := range curve {
		fmt.Fprintf(w, "| %d | %v%s |%s\n", p.load, p.mode, remark(p), cells(func(f figure) string { return p.cell(f) }))
	}
}

// cell leaves out what a generator alone does not have.
func (p point) cell(f figure) string {
	if p.mode == generatorAlone && f == requests {
		return "–"
	}
	return p.of[f].String()
}

func cells(text func(figure) string) string {
	var row strings.Builder
	for f := range figure(figures) {
		fmt.Fprintf(&row, " %s |", text(f))
	}
	return row.String()
}
