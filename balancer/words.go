package balancer

import (
	"math"
	"strconv"
	"time"
)

// How numbers are written in sentences.

// percent writes a share as a person reads it: "31 %", "0.2 %".
func percent(share float64) string {
	value, digits := 100*share, 1.0
	if value < 10 {
		digits = 10
	}
	return strconv.FormatFloat(math.Round(value*digits)/digits, 'f', -1, 64) + " %"
}

// orNone is percent, but for what is next to nothing.
func orNone(share float64) string {
	if share < 0.0005 {
		return "none"
	}
	return percent(share)
}

// brief rounds to what a person reads.
func brief(d time.Duration) time.Duration {
	switch {
	case d >= time.Second:
		return d.Round(100 * time.Millisecond)
	case d >= 10*time.Millisecond:
		return d.Round(time.Millisecond)
	}
	return d.Round(10 * time.Microsecond)
}
