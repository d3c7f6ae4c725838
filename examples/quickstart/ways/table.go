package ways

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// column is a figure as people read it.
type column struct {
	figure figure
	head   [2]string
}

var columns = []column{
	{requests, [2]string{"requests to", "MS2/order"}},
	{pages, [2]string{"pages of", "MS2/order"}},
	{median, [2]string{"p50", "ms"}},
	{slow, [2]string{"p99", "ms"}},
	{throughput, [2]string{"orders/s at", "saturation"}},
	{cpuMS1, [2]string{"CPU of MS1", "ms/order"}},
	{cpuMS2, [2]string{"of MS2", "ms/order"}},
	{cpuGateway, [2]string{"of gateway", "ms/order"}},
}

// printTable prints the medians, and below each of them where the true one is.
func printTable(w io.Writer, r results) {
	const name, wide = "%-40s", "%13s"
	for i := range 2 {
		fmt.Fprintf(w, name, "")
		for _, c := range columns {
			fmt.Fprintf(w, wide, c.head[i])
		}
		fmt.Fprintln(w)
	}
	for _, way := range allWays {
		fmt.Fprintf(w, name, fmt.Sprintf("(%s) %s", way.key, way.name))
		for _, c := range columns {
			fmt.Fprintf(w, wide, cell(r, way, c.figure))
		}
		fmt.Fprintln(w)
		if len(r[way.key]) == 1 {
			continue
		}
		fmt.Fprintf(w, name, "")
		for _, c := range columns {
			fmt.Fprintf(w, wide, spread(r.of(way.key, c.figure)))
		}
		fmt.Fprintln(w)
	}
}

// printMarkdown prints the medians as a table of a README.
func printMarkdown(w io.Writer, r results) {
	heads, rules := []string{"way"}, []string{"---"}
	for _, c := range columns {
		heads, rules = append(heads, c.head[0]+" "+c.head[1]), append(rules, "---:")
	}
	row := func(cells []string) { fmt.Fprintln(w, "| "+strings.Join(cells, " | ")+" |") }
	row(heads)
	row(rules)
	for _, way := range allWays {
		cells := []string{fmt.Sprintf("(%s) %s", way.key, way.name)}
		for _, c := range columns {
			cells = append(cells, cell(r, way, c.figure))
		}
		row(cells)
	}
}

// cell is a median; a dash is for what a way does not have, or the system does not tell.
func cell(r results, w way, f figure) string {
	value := r.of(w.key, f)
	gateways := f == pages || f == cpuGateway
	untold := f == cpuMS1 && value.high == 0 || f == cpuMS2 && r.of(keyToday, f).high == 0
	if gateways && (w.subcommand != "" || f == cpuGateway && value.high == 0) || untold {
		return "–"
	}
	return rounded(value.median)
}

// spread is the ends of an interval.
func spread(i interval) string {
	if i.high == 0 {
		return ""
	}
	return "[" + rounded(i.low) + ", " + rounded(i.high) + "]"
}

// rounded writes a number of the table: below 10 with two digits behind the point.
func rounded(v float64) string {
	if v != 0 && math.Abs(v) < 1 {
		return fmt.Sprintf("%.2f", v)
	}
	return short(v)
}

// short writes a number with about three digits.
func short(v float64) string {
	switch size := math.Abs(v); {
	case v == 0:
		return "0"
	case size < 1:
		return fmt.Sprintf("%.3f", v)
	case size < 10:
		return fmt.Sprintf("%.2f", v)
	case size < 100:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}
