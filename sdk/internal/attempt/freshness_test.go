package attempt_test

import (
	"maps"
	"net/http"
	"testing"
	"time"

	"ms2.internal/lb/sdk/internal/attempt"
)

func TestAnswersAreFreshForAsLongAsTheirHeadersAllow(t *testing.T) {
	const cc, s = "Cache-Control", time.Second
	for _, c := range []struct {
		name                      string
		header                    http.Header
		maxAge, whileRev, onError time.Duration
	}{
		{"nothing said", header(), 0, 0, 0},
		{"Expires, which needs clocks that agree", header("Expires", "Fri, 01 Jan 2100 00:00:00 GMT"), 0, 0, 0},
		{"all periods", header(cc, "private, max-age=5, stale-while-revalidate=6, stale-if-error=7"), 5 * s, 6 * s, 7 * s},
		{"no spaces", header(cc, "max-age=5,stale-if-error=7"), 5 * s, 0, 7 * s},
		{"spaces everywhere", header(cc, " max-age = 5 , stale-if-error = 7 "), 5 * s, 0, 7 * s},
		{"any case", header(cc, "MAX-AGE=5, Stale-If-Error=7"), 5 * s, 0, 7 * s},
		{"quoted", header(cc, `max-age="5", stale-if-error="7"`), 5 * s, 0, 7 * s},
		{"several lines", header(cc, "max-age=5", cc, "stale-if-error=7"), 5 * s, 0, 7 * s},
		{"named twice", header(cc, "max-age=5, max-age=500"), 5 * s, 0, 0},
		{"named twice, first unreadable", header(cc, "max-age=x, max-age=500"), 0, 0, 0},
		{"for shared caches", header(cc, "s-maxage=500, max-age=5"), 5 * s, 0, 0},
		{"inside an extension's quotes", header(cc, `ext="x, max-age=500", max-age=5`), 5 * s, 0, 0},
		{"behind an escaped quote", header(cc, `ext="\", max-age=500", max-age=5`), 5 * s, 0, 0},
		{"inside quotes that do not end", header(cc, `ext="x, max-age=500`), 0, 0, 0},
		{"no-store inside quotes that do not end", header(cc, `max-age=5, ext="x, no-store`), 0, 0, 0},
		{"no-store inside quotes that end", header(cc, `max-age=5, ext="x, no-store"`), 5 * s, 0, 0},
		{"no-store inside quotes that end, with an escape", header(cc, `max-age=5, ext="\", no-store, \\" , a = "no-store"`), 5 * s, 0, 0},
		{"no-store inside quotes whose end is escaped", header(cc, `max-age=5, ext="x, no-store\"`), 0, 0, 0},
		{"no-store behind a quote that does not end", header(cc, `max-age=5, no-store="`), 0, 0, 0},
		{"no-store at a quote that does not end", header(cc, `max-age=5, ext="no-store`), 0, 0, 0},
		{"no-store between quotes in words", header(cc, `max-age=5, a=x"y, no-store, b"z`), 0, 0, 0},
		{"no-store between quotes in names", header(cc, `max-age=5, a"b, no-store, c"d`), 0, 0, 0},
		{"no-store between a value's end and a quote", header(cc, `max-age=5, a="x"y, b"z, no-store, "`), 0, 0, 0},
		{"no-store that is lifted inside quotes that do not end", header(cc, `max-age=5, ext="x, no-store, must-understand`), 0, 0, 0},
		{"no-store that is lifted beside quotes that do not end", header(cc, `must-understand, max-age=5, no-store, ext="x`), 0, 0, 0},
		{"no-cache inside quotes that do not end", header(cc, `max-age=5, stale-if-error=7, ext="x,No-Cache , y`), 0, 0, 0},
		{"must-revalidate inside quotes that do not end", header(cc, `max-age=5, stale-while-revalidate=6, stale-if-error=7, ext="x, must-revalidate`), 5 * s, 0, 0},
		{"a shorter max-age before, inside quotes that do not end", header(cc, `x="a" b", max-age=1, c", max-age=5`), 1 * s, 0, 0},
		{"nothing that matters inside quotes that do not end", header(cc, `max-age=5, stale-if-error=7, ext="x, y`), 5 * s, 0, 7 * s},
		{"inside quotes that end, beside a line that does not", header(cc, `max-age=5, ext="x, no-store"`, cc, `y="z`), 5 * s, 0, 0},
		{"quotes that do not begin", header(cc, `max-age=5"`), 0, 0, 0},
		{"quotes that do not end", header(cc, `max-age="5`), 0, 0, 0},
		{"quoted twice", header(cc, `max-age=""5""`), 0, 0, 0},
		{"no value", header(cc, "max-age"), 0, 0, 0},
		{"negative", header(cc, "max-age=-5"), 0, 0, 0},
		{"signed", header(cc, "max-age=+5"), 0, 0, 0},
		{"a fraction", header(cc, "max-age=1.5"), 0, 0, 0},
		{"a unit", header(cc, "max-age=5s"), 0, 0, 0},
		{"beyond an int64", header(cc, "max-age=99999999999999999999999, stale-if-error=9223372036854775807"), attempt.Longest, 0, attempt.Longest},
		{"no-store", header(cc, "no-store, max-age=5, stale-if-error=7"), 0, 0, 0},
		{"no-store last", header(cc, "max-age=5", cc, "NO-STORE"), 0, 0, 0},
		{"no-store for who does not understand", header(cc, "no-store, must-understand, max-age=5"), 5 * s, 0, 0},
		{"no-cache", header(cc, "max-age=5, no-cache, stale-if-error=7"), 0, 0, 0},
		{"no-cache for a field", header(cc, `max-age=5, no-cache="set-cookie, x"`), 0, 0, 0},
		{"must-revalidate", header(cc, "max-age=5, must-revalidate, stale-while-revalidate=6, stale-if-error=7"), 5 * s, 0, 0},
		{"varies on all", header(cc, "max-age=5", "Vary", "*"), 0, 0, 0},
		{"varies on all, among others", header(cc, "max-age=5", "Vary", "Accept , *"), 0, 0, 0},
		{"varies on all, in a second line", header(cc, "max-age=5", "Vary", "Accept", "Vary", "*"), 0, 0, 0},
		{"varies on what no two requests have alike", header(cc, "max-age=5", "Vary", "accept, ms2-timeout-ms"), 0, 0, 0},
		{"varies on what is sent at times alone", header(cc, "max-age=5", "Vary", "cache-control"), 0, 0, 0},
		{"varies on what we always send alike", header(cc, "max-age=5", "Vary", "Authorization"), 5 * s, 0, 0},
		{"aged", header(cc, "max-age=5, stale-while-revalidate=6, stale-if-error=7", "Age", "4"), 1 * s, 6 * s, 7 * s},
		{"aged beyond", header(cc, "max-age=5, stale-while-revalidate=6, stale-if-error=7", "Age", "8"), -3 * s, 6 * s, 7 * s},
		{"aged beyond all", header(cc, "max-age=5, stale-while-revalidate=6", "Age", "99999999999999999999"), 5*s - attempt.Longest, 6 * s, 0},
		{"aged twice", header(cc, "max-age=5", "Age", "4", "Age", "0"), 1 * s, 0, 0},
		{"a list of ages", header(cc, "max-age=5", "Age", "4, 0"), 1 * s, 0, 0},
		{"an age that is none", header(cc, "max-age=5", "Age", "-4"), 5 * s, 0, 0},
	} {
		e := attempt.Freshness(c.header)
		if e.MaxAge != c.maxAge || e.WhileRevalidate != c.whileRev || e.IfError != c.onError {
			t.Errorf("%s: %v, %v, %v; want %v, %v, %v", c.name, e.MaxAge, e.WhileRevalidate, e.IfError, c.maxAge, c.whileRev, c.onError)
		}
	}
}

func TestWhatMayBeStoredIsKeptForRevalidation(t *testing.T) {
	const cc = "Cache-Control"
	for _, c := range []struct {
		header http.Header
		want   bool
	}{
		{header(), true},
		{header(cc, "no-cache"), true},
		{header(cc, "max-age=0, must-revalidate"), true},
		{header(cc, "max-age=5", "Age", "6"), true},
		{header(cc, "no-store, must-understand"), true},
		{header(cc, "no-cache, no-store"), false},
		{header(cc, "no-cache", "Vary", "*"), false},
		{header(cc, `max-age=5, ext="x, no-cache`), true},
		{header(cc, `max-age=5, ext="x, no-store`), false},
	} {
		if got := attempt.Freshness(c.header).Kept; got != c.want {
			t.Errorf("%v: %t", c.header, got)
		}
	}
}

func TestDirectivesAreSplitWhereTheirQuotesAllow(t *testing.T) {
	got := attempt.CacheControl(header("Cache-Control", `, a=1,, B ="2,3" ,c,=4,a=5,d="`))
	if want := map[string]string{"a": "1", "b": "2,3", "c": "", "d": `"`}; !maps.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
