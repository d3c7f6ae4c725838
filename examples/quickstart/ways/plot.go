package ways

import (
	"bytes"
	"fmt"
)

// The plot is an SVG with a row for each way and a panel for each question, written by hand: the plotting library that Go has links
// packages under licences that this repository does not take.

// Sizes, in pixels.
const (
	width      = 980
	names      = 262 // where the panels begin
	panelSpace = 178
	valueSpace = 56 // behind the longest bar, for its value
	header     = 84
	rowSpace   = 42
	barHeight  = 16
)

// Colours that are apart for the colour-blind too (Okabe and Ito).
const (
	blue   = "#0072b2"
	orange = "#e69f00"
	green  = "#009e73"
	grey   = "#888"
)

// panel asks one question of every way.
type panel struct {
	title, unit string
	parts       []part // of a bar, one behind the other
	whole       func(sample) float64
	tail        figure // a line goes on to it from the bar; noTail for none
}

// part is a piece of a bar.
type part struct {
	figure figure
	colour string
	name   string // in the legend; "" where there is but one
}

const noTail figure = -1

// panels of the picture, from the left.
func panels() []panel {
	one := func(f figure) func(sample) float64 { return func(s sample) float64 { return s.of[f] } }
	sum := func(fs ...figure) func(sample) float64 {
		return func(s sample) (total float64) {
			for _, f := range fs {
				total += s.of[f]
			}
			return total
		}
	}
	return []panel{
		{"Requests to MS2", "an order", []part{{requests, blue, "checks"}, {pages, green, "gateway's"}}, sum(requests, pages), noTail},
		{"Time of an order", "ms", []part{{median, blue, "p50"}}, one(median), slow},
		{"CPU an order", "ms", []part{{cpuMS1, blue, "MS1"}, {cpuMS2, orange, "MS2"}, {cpuGateway, green, "gateway"}}, sum(cpuMS1, cpuMS2, cpuGateway), noTail},
		{"At saturation", "orders a second", []part{{throughput, blue, ""}}, one(throughput), noTail},
	}
}

// draw makes the picture of so many rounds.
func draw(r results, rounds int) []byte {
	var svg bytes.Buffer
	height := header + rowSpace*len(allWays) + 30
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="sans-serif" font-size="12">`,
		width, height, width, height)
	fmt.Fprintf(&svg, "\n"+`<rect width="%d" height="%d" rx="6" fill="white"/>`+"\n", width, height)
	for i, w := range allWays {
		drawName(&svg, w, header+rowSpace*i)
	}
	for i, p := range panels() {
		p.draw(&svg, r, names+panelSpace*i)
	}
	fmt.Fprintf(&svg, `<text x="16" y="%d" fill="#555">%s of the same orders, %d a second%s</text>`+"\n</svg>\n",
		height-14, sampled(rounds), rate, thinLines(rounds))
	return svg.Bytes()
}

// thinLines says what those of the picture are.
func thinLines(rounds int) string {
	if words := confident(rounds); words != "" {
		return "; thin lines: " + words
	}
	return ""
}

func drawName(svg *bytes.Buffer, w way, y int) {
	fmt.Fprintf(svg, `<path d="M16 %dH%d" stroke="#eee"/>`+"\n", y, width-16)
	fmt.Fprintf(svg, `<text x="16" y="%d" font-weight="bold">%s</text><text x="44" y="%d">%s</text>`+"\n", y+26, w.key, y+26, w.name)
}
