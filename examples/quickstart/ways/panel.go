package ways

import (
	"bytes"
	"fmt"
)

// draw draws a panel from x on.
func (p panel) draw(svg *bytes.Buffer, r results, x int) {
	fmt.Fprintf(svg, `<text x="%d" y="28" font-size="14" font-weight="bold">%s</text><text x="%d" y="45" fill="#555">%s</text>`+"\n",
		x, p.title, x, p.unit)
	p.drawLegend(svg, x)
	scale := p.scale(r)
	for i, w := range allWays {
		y := header + rowSpace*i + (rowSpace-barHeight)/2
		p.drawBar(svg, r, w.key, float64(x), y, scale)
	}
}

// drawLegend names the parts of a bar.
func (p panel) drawLegend(svg *bytes.Buffer, x int) {
	for _, part := range p.parts {
		if part.name == "" {
			continue
		}
		fmt.Fprintf(svg, `<rect x="%d" y="56" width="10" height="10" fill="%s"/><text x="%d" y="65" font-size="11">%s</text>`+"\n",
			x, part.colour, x+14, part.name)
		x += 24 + 6*len(part.name)
	}
	if p.tail != noTail {
		fmt.Fprintf(svg, `<path d="M%d 61h16m0 -4v8" stroke="%s" stroke-width="2"/><text x="%d" y="65" font-size="11">p99</text>`+"\n", x, grey, x+22)
	}
}

// scale is how many pixels one is: the longest bar, or tail, has all of the width.
func (p panel) scale(r results) float64 {
	longest := 0.0
	for _, w := range allWays {
		longest = max(longest, r.each(w.key, p.whole).high)
		if p.tail != noTail {
			longest = max(longest, r.of(w.key, p.tail).median)
		}
	}
	if longest == 0 {
		return 0
	}
	space := panelSpace - valueSpace
	if p.tail != noTail {
		space -= valueSpace / 2 // there are two values
	}
	return float64(space) / longest
}

// drawBar draws what one way answers, and its value behind it.
func (p panel) drawBar(svg *bytes.Buffer, r results, key string, x float64, y int, scale float64) {
	at := x
	for _, part := range p.parts {
		length := scale * r.of(key, part.figure).median
		fmt.Fprintf(svg, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`+"\n", at, y, length, barHeight, part.colour)
		at += length
	}
	whole, middle := r.each(key, p.whole), y+barHeight/2
	end := max(at, x+scale*whole.high)
	value := rounded(whole.median)
	if p.tail != noTail {
		tail := r.of(key, p.tail).median
		end = max(end, x+scale*tail)
		value += " · " + rounded(tail)
		fmt.Fprintf(svg, `<path d="M%.1f %dH%.1fm0 -5v10" fill="none" stroke="%s" stroke-width="2"/>`+"\n", at, middle, x+scale*tail, grey)
	}
	if whole.high > whole.low {
		fmt.Fprintf(svg, `<path d="M%.1f %dH%.1f" stroke="black"/>`+"\n", x+scale*whole.low, middle, x+scale*whole.high)
	}
	fmt.Fprintf(svg, `<text x="%.1f" y="%d" font-size="11">%s</text>`+"\n", end+5, middle+4, value)
}
