package simulate

import (
	"bytes"
	"fmt"
	"math"
)

// The picture, in pixels, and the frame of its axes in it.
const (
	width, height = 900, 520
	left, right   = 70, width - 180
	top, bottom   = 40, height - 50
)

// colours of the contenders in their order, apart for the colour-blind too (after Okabe and Ito; greys for the bounds).
var colours = []string{
	"#000000", "#d9c800", "#e69f00", "#56b4e9", "#009e73", "#0072b2", "#d55e00", "#cc79a7", "#999999", "#bbbbbb",
}

// draw makes an SVG of the latency by percentile, both logarithmic: each nine of the tail takes as much room.
func (r *result) draw() []byte {
	var svg bytes.Buffer
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="sans-serif" font-size="12">`,
		width, height, width, height)
	fmt.Fprintf(&svg, "\n"+`<rect width="%d" height="%d" fill="white"/><text x="%d" y="24" font-size="16">%s: latency in ms by percentile, medians of %d seeds</text>`+"\n",
		width, height, left, r.scenario.name, len(r.curves[0]))
	medians, y := r.medians()
	drawPercentiles(&svg)
	drawLatencies(&svg, y)
	for i := range contenders {
		drawCurve(&svg, i, medians[i], y)
	}
	svg.WriteString("</svg>\n")
	return svg.Bytes()
}

// medians are the curves to draw and the axis that holds them.
func (r *result) medians() ([]curve, axis) {
	curves, y := make([]curve, len(contenders)), axis{math.Inf(1), 0}
	for i := range contenders {
		for point := range plotted {
			curves[i][point] = r.median(i, point)
			y.low, y.high = min(y.low, curves[i][point]), max(y.high, curves[i][point])
		}
	}
	return curves, axis{y.low / 1.1, y.high * 1.1}
}

// median is a contender's latency at a point, over the seeds.
func (r *result) median(i, point int) float64 {
	var values []float64
	for _, c := range r.curves[i] {
		values = append(values, c[point])
	}
	return median(values)
}

// axis is the range of the latencies.
type axis struct{ low, high float64 }

func (a axis) at(v float64) float64 {
	return bottom - (bottom-top)*math.Log(v/a.low)/math.Log(a.high/a.low)
}

// across is the pixel of a share of the requests beyond.
func across(tail float64) float64 {
	return left + (right-left)*math.Log(0.5/tail)/math.Log(5000)
}

func drawPercentiles(svg *bytes.Buffer) {
	for _, percentile := range []float64{50, 90, 99, 99.9, 99.99} {
		x := across(1 - percentile/100)
		fmt.Fprintf(svg, `<path d="M%.1f %dV%d" stroke="#ddd"/><text x="%.1f" y="%d" text-anchor="middle">%g</text>`+"\n",
			x, top, bottom, x, bottom+18, percentile)
	}
}

func drawLatencies(svg *bytes.Buffer, y axis) {
	for decade := math.Pow(10, math.Floor(math.Log10(y.low))); decade <= y.high; decade *= 10 {
		for _, step := range []float64{1, 2, 5} {
			if v := step * decade; v >= y.low && v <= y.high {
				fmt.Fprintf(svg, `<path d="M%d %.1fH%d" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%g</text>`+"\n",
					left, y.at(v), right, left-6, y.at(v)+4, v)
			}
		}
	}
}

// drawCurve draws a contender's line, the bounds' dashed, and its place in the legend.
func drawCurve(svg *bytes.Buffer, i int, c curve, y axis) {
	stroke, dashes := 1.6, ""
	if i == 0 {
		stroke = 3
	}
	if contenders[i].bound {
		dashes = ` stroke-dasharray="5 4"`
	}
	style := fmt.Sprintf(`fill="none" stroke="%s" stroke-width="%g"%s`, colours[i], stroke, dashes)
	svg.WriteString(`<polyline points="`)
	for point, v := range c {
		fmt.Fprintf(svg, "%.1f,%.1f ", across(tail(point)), y.at(v))
	}
	at := top + 22*i + 10
	fmt.Fprintf(svg, `" %s/><path d="M%d %dh26" %s/><text x="%d" y="%d">%s</text>`+"\n",
		style, right+16, at, style, right+48, at+4, contenders[i].title())
}
