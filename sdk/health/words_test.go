package health

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestNumbersInWords(t *testing.T) {
	for got, want := range map[string]string{
		rate(0): "0/s", rate(0.01): "<0.1/s", rate(3.24): "3.2/s", rate(4): "4/s", rate(9.97): "10/s", rate(1239.6): "1,240/s", rate(math.NaN()): none,
		percent(0): "0 %", percent(1): "100 %", percent(0.99998): "99.99 %", percent(0.9998): "99.98 %", percent(0.00001): "<0.01 %",
		percent(0.934): "93 %", percent(0.042): "4.2 %", percent(0.5): "50 %", percent(math.NaN()): none, percent(1.5): "150 %",
		milliseconds(0.42): "0.4 ms", milliseconds(18.2): "18 ms", milliseconds(1200): "1.2 s", milliseconds(math.NaN()): none,
		count(0): "0", count(999): "999", count(1000): "1,000", count(-1234567): "-1,234,567",
		age(-time.Second): "0 s", age(119 * time.Second): "119 s", age(2 * time.Minute): "2 min", age(3 * time.Hour): "3 h", age(72 * time.Hour): "3 d",
		seconds(math.Inf(1)): none, seconds(1e12): "104166 d", seconds(90): "90 s",
		clock(noon.Add(-time.Minute), noon): "11:59:00Z", clock(noon.AddDate(0, 0, -1), noon): "2026-02-28 12:00:00Z", clock(time.Time{}, noon): none,
		since(nil, noon): "", since(ago(time.Minute), noon): "since 11:59:00Z, for 60 s",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func FuzzClip(f *testing.F) {
	for _, text := range []string{"", "ms2-1", hostile, "\xff\xfe", "a\u202eb", "\U0010FFFF", strings.Repeat("ä", 200)} {
		f.Add(text, 100)
	}
	f.Fuzz(func(t *testing.T, text string, most int) {
		got := clip(text, most)
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\x00\n\u202e\u200f") {
			t.Errorf("%q", got)
		}
		if n := utf8.RuneCountInString(got); n > max(0, most)+1 {
			t.Errorf("%d runes of at most %d", n, most)
		}
	})
}
