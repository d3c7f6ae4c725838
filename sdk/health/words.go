package health

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// none stands for what has no data.
const none = "–"

// The most runes that the page shows of what others name and say.
const (
	maxName = 100
	maxText = 400
)

// clip makes text of unknown origin fit: what it can't show is a question mark, what is too long ends in an ellipsis.
func clip(text string, most int) string {
	if len(text) <= most && plain(text) {
		return text
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	runes := 0
	for i := range text {
		if runes++; runes > most {
			return text[:i] + "…"
		}
	}
	return text
}

// plain reports whether all of a text is letters, digits and signs of ASCII.
func plain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// clock is a moment on the day that it is looked at, and with its date on another.
func clock(t, now time.Time) string {
	t, now = t.UTC(), now.UTC()
	switch {
	case t.IsZero():
		return none
	case t.YearDay() != now.YearDay() || t.Year() != now.Year():
		return t.Format("2006-01-02 15:04:05Z")
	}
	return t.Format("15:04:05Z")
}

// age is how long something has been so.
func age(d time.Duration) string {
	switch {
	case d < time.Second:
		return "0 s"
	case d < 2*time.Minute:
		return strconv.Itoa(int(d/time.Second)) + " s"
	case d < 2*time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + " h"
	}
	return strconv.Itoa(int(d/(24*time.Hour))) + " d"
}

// since is a moment and how long ago it was; "" for none.
func since(t *time.Time, now time.Time) string {
	if t == nil || t.IsZero() {
		return ""
	}
	return "since " + clock(*t, now) + ", for " + age(now.Sub(*t))
}

// seconds is a length of time as Stats has it.
func seconds(s float64) string {
	if !finite(s) {
		return none
	}
	return age(time.Duration(min(s, mostSeconds) * float64(time.Second)))
}

// mostSeconds is what fits a time.Duration.
const mostSeconds = 9e9

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// rate is a number a second.
func rate(v float64) string {
	if !finite(v) {
		return none
	}
	return number(v) + "/s"
}

// number is short: a decimal below ten, none above.
func number(v float64) string {
	switch {
	case !finite(v):
		return none
	case v == 0:
		return "0"
	case v < 0.05:
		return "<0.1"
	case v < 9.95:
		return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
	}
	return count(int64(math.Round(v)))
}

// count is a number with its thousands apart.
func count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// percent is a part of a whole. It says 100 only of all and 0 only of none.
func percent(part float64) string {
	v := 100 * part
	switch {
	case !finite(v):
		return none
	case v > 99.99 && v < 100:
		return "99.99 %"
	case v > 0 && v < 0.01:
		return "<0.01 %"
	case v >= 99 && v < 100, v > 0 && v < 1:
		return trimmed(math.Floor(v*100)/100, 2) + " %"
	case v > 0 && v < 10:
		return trimmed(v, 1) + " %"
	}
	return strconv.Itoa(int(math.Round(v))) + " %"
}

// milliseconds is a latency.
func milliseconds(v float64) string {
	switch {
	case !finite(v):
		return none
	case v >= 1000:
		return trimmed(v/1000, 1) + " s"
	case v < 9.95:
		return trimmed(v, 1) + " ms"
	}
	return count(int64(math.Round(v))) + " ms"
}

func trimmed(v float64, decimals int) string {
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
