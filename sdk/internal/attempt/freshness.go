package attempt

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/protocol"
)

// freshness takes the periods of an entry from the headers of an answer: Cache-Control for a private cache (RFC 9111,
// 5.2.2; RFC 5861, 3 and 4), less its Age (RFC 9111, 4.2.3). Date and Expires are not used: clocks differ.
func freshness(h http.Header, e *cache.Entry) {
	if !varies(h, "*", protocol.HeaderTimeout, "Cache-Control") {
		allow(e, cacheControl(h, splitUnquoted))
		restrict(e, h)
	}
	spend(e, age(h))
}

// allow sets the periods that the directives allow.
func allow(e *cache.Entry, directives map[string]string) {
	has := func(name string) bool { _, ok := directives[name]; return ok }
	e.Kept = !has("no-store") || has("must-understand")
	if !e.Kept || has("no-cache") { // for some fields alone, too: the verdict may hang on them
		return
	}
	e.MaxAge, _ = seconds(directives["max-age"])
	if !has("must-revalidate") {
		e.WhileRevalidate, _ = seconds(directives["stale-while-revalidate"])
		e.IfError, _ = seconds(directives["stale-if-error"])
	}
}

// restrict shortens the periods of an entry to those of a second reading where Cache-Control does not parse: behind a quote
// out of place, what looks quoted may be a directive. The stricter reading wins.
func restrict(e *cache.Entry, h http.Header) {
	if !slices.ContainsFunc(h.Values("Cache-Control"), misquoted) {
		return
	}
	directives := cacheControl(h, splitEverywhere)
	delete(directives, "must-understand") // it would lift no-store
	strict := &cache.Entry{}
	allow(strict, directives)
	e.Kept = e.Kept && strict.Kept
	e.MaxAge = min(e.MaxAge, strict.MaxAge)
	e.WhileRevalidate = min(e.WhileRevalidate, strict.WhileRevalidate)
	e.IfError = min(e.IfError, strict.IfError)
}

// varies reports whether the answer depends on one of these request headers (RFC 9111, 4.1). "*" never matches the next
// request; the time that is left and the wish to pass caches may not.
func varies(h http.Header, names ...string) bool {
	for field := range strings.SplitSeq(strings.Join(h.Values("Vary"), ","), ",") {
		field = strings.TrimSpace(field)
		if slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(field, name) }) {
			return true
		}
	}
	return false
}

// age returns how old the answer was when it was sent; of a list the first counts (RFC 9111, 5.1).
func age(h http.Header) time.Duration {
	first, _, _ := strings.Cut(h.Get("Age"), ",")
	d, _ := seconds(strings.TrimSpace(first))
	return d
}

// spend takes from an entry the time that had passed before it was asked for.
func spend(e *cache.Entry, age time.Duration) { e.MaxAge, e.Aged = e.MaxAge-age, age }

// cacheControl returns the directives; of one that is named twice the first counts (RFC 9111, 4.2.1). split takes the lines
// apart whose quotes are out of place.
func cacheControl(h http.Header, split func(line string) []string) map[string]string {
	directives := map[string]string{}
	for _, line := range h.Values("Cache-Control") { // one by one: a quote that does not end hides no other line
		parts := splitUnquoted(line)
		if misquoted(line) {
			parts = split(line)
		}
		for _, part := range parts {
			name, value := directive(part)
			if _, twice := directives[name]; !twice && name != "" {
				directives[name] = value
			}
		}
	}
	return directives
}

// directive returns the name of a member of Cache-Control in lower case, and its value without quotes, "" for none.
func directive(part string) (name, value string) {
	name, value, _ = strings.Cut(strings.TrimSpace(part), "=")
	return strings.ToLower(strings.TrimSpace(name)), unquoted(strings.TrimSpace(value))
}

// quotedValues matches a list whose quotes all enclose the whole value of a member (RFC 9110, 5.6.1 and 5.6.6).
var quotedValues = regexp.MustCompile(`^(?s:[^",=]*(=[ \t]*("([^"\\]|\\.)*"[ \t]*|[^",]*))?(,|$))*$`)

// misquoted reports whether a line has a quote where none may be, or one that does not end.
func misquoted(line string) bool {
	return strings.Contains(line, `"`) && !quotedValues.MatchString(line)
}

// unquoted returns a value without its quotes. One with a single quote stays as it is, and is then no number.
func unquoted(value string) string {
	inner, opens := strings.CutPrefix(value, `"`)
	if inner, closes := strings.CutSuffix(inner, `"`); opens && closes {
		return inner
	}
	return value
}

// splitUnquoted splits a list at its commas, but for those in quotes: what an extension quotes is no directive.
func splitUnquoted(list string) []string {
	quoted, escaped := false, false
	return strings.FieldsFunc(list, func(r rune) bool {
		switch {
		case escaped:
			escaped = false
		case quoted && r == '\\':
			escaped = true
		case r == '"':
			quoted = !quoted
		}
		return r == ',' && !quoted
	})
}

// splitEverywhere splits a list at its commas and at all that has to do with quotes.
func splitEverywhere(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(`,"\`, r) })
}
