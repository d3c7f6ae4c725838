package main

import (
	"bytes"
	"fmt"
	"math"
	"strings"
)

// The axes' frame within a panel, in pixels.
const (
	left, right = 62, panelWidth - 18
	top, bottom = 24, panelHeight - 34
)

// panel is one figure over the load.
type panel struct {
	svg    *bytes.Buffer
	figure figure
	curve  []point
	x, y   scale
}

func newPanel(svg *bytes.Buffer, f figure, curve []point) *panel {
	var loads, values []float64
	for _, p := range curve {
		if _, ok := colours[p.mode]; ok {
			loads = append(loads, float64(p.load))
			values = append(values, p.of[f].low, p.of[f].median, p.of[f].high)
		}
	}
	return &panel{svg, f, curve, newScale(loads, left, right), newScale(values, bottom, top)}
}

func (p *panel) draw() {
	fmt.Fprintf(p.svg, `<text x="%d" y="16" font-size="14" font-weight="bold">%v</text>`+"\n", left, p.figure)
	for _, tick := range p.x.ticks() {
		at := p.x.at(tick)
		fmt.Fprintf(p.svg, `<path d="M%.1f %dV%d" stroke="#ddd"/><text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n",
			at, top, bottom, at, bottom+17, label(tick))
	}
	for _, tick := range p.y.ticks() {
		at := p.y.at(tick)
		fmt.Fprintf(p.svg, `<path d="M%d %.1fH%d" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n",
			left, at, right, left-6, at+4, label(tick))
	}
	fmt.Fprintf(p.svg, `<path d="M%d %dV%dH%d" fill="none" stroke="#888"/>`+"\n", left, top, bottom, right)
	for _, m := range drawnModes {
		p.drawMode(m)
	}
}

// drawMode draws a mode's band, line and points.
func (p *panel) drawMode(m mode) {
	var line, lower, dots strings.Builder
	var upper string
	for _, q := range p.curve {
		i := q.of[p.figure]
		if q.mode != m || !p.y.holds(i.median) {
			continue
		}
		x, y := p.x.at(float64(q.load)), p.y.at(i.median)
		fmt.Fprintf(&line, "%.1f,%.1f ", x, y)
		fmt.Fprintf(&lower, "%.1f,%.1f ", x, p.y.at(i.low))
		upper = fmt.Sprintf("%.1f,%.1f ", x, p.y.at(i.high)) + upper
		fmt.Fprintf(&dots, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s" stroke="%s"/>`, x, y, fill(q), colours[m])
	}
	fmt.Fprintf(p.svg, `<polygon points="%s%s" fill="%s" opacity="0.2"/>`+"\n", lower.String(), upper, colours[m])
	fmt.Fprintf(p.svg, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>%s`+"\n", line.String(), colours[m], dots.String())
}

// fill leaves the dot of a saturated point hollow.
func fill(q point) string {
	if q.saturated() {
		return "white"
	}
	return colours[q.mode]
}

// label writes a tick's number: 100, 3k, 0.02.
func label(v float64) string {
	if v >= 1000 {
		return fmt.Sprintf("%gk", v/1000)
	}
	return fmt.Sprintf("%g", math.Round(v*1e6)/1e6)
}
