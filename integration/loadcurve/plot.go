package main

import (
	"bytes"
	"fmt"
)

// The plot is an SVG of one panel for each figure, written by hand: the plotting library that Go has links packages under
// licences that this repository does not take.

// Sizes, in pixels.
const (
	columns     = 3
	panelWidth  = 400
	panelHeight = 290
	legendSpace = 70
)

// colours of the modes that are drawn, apart for the colour-blind too (Okabe and Ito).
var colours = map[mode]string{batchingOn: "#0072b2", batchingOff: "#d55e00", cacheOn: "#009e73"}

// drawnModes in the order of the legend.
var drawnModes = []mode{batchingOn, batchingOff, cacheOn}

// draw makes a picture of the curve, whose intervals have the coverage.
func draw(curve []point, coverage float64) []byte {
	var svg bytes.Buffer
	rows := (len(drawn) + columns - 1) / columns
	width, height := columns*panelWidth, rows*panelHeight+legendSpace
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="sans-serif" font-size="12">`,
		width, height, width, height)
	fmt.Fprintf(&svg, "\n"+`<rect width="%d" height="%d" fill="white"/>`+"\n", width, height)
	drawLegend(&svg, coverage)
	for i, f := range drawn {
		x, y := i%columns*panelWidth, i/columns*panelHeight+legendSpace
		fmt.Fprintf(&svg, `<g transform="translate(%d %d)">`+"\n", x, y)
		newPanel(&svg, f, curve).draw()
		svg.WriteString("</g>\n")
	}
	svg.WriteString("</svg>\n")
	return svg.Bytes()
}

// drawLegend says which line is which.
func drawLegend(svg *bytes.Buffer, coverage float64) {
	for i, m := range drawnModes {
		x := 60 + 150*i
		fmt.Fprintf(svg, `<path d="M%d 26h30" stroke="%s" stroke-width="3"/><text x="%d" y="31" font-size="15">%v</text>`+"\n",
			x, colours[m], x+38, m)
	}
	fmt.Fprintf(svg, `<text x="%d" y="31" fill="#555">checks per second → · medians, bands: intervals of %.1f %% · hollow: saturated</text>`+"\n",
		60+150*len(drawnModes), 100*coverage)
}
