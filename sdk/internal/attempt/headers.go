package attempt

import (
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/protocol"
)

// longest bounds every period that a header names, so that no sum overflows.
const longest = 10 * 365 * 24 * time.Hour

// freshness takes the periods of an entry from the headers of an answer: Cache-Control for a private cache (RFC 9111,
// 5.2.2; RFC 5861, 3 and 4), less its Age (RFC 9111, 4.2.3). Date and Expires are not used: clocks differ.
func freshness(h http.Header, e *cache.Entry) {
	directives := cacheControl(h)
	has := func(name string) bool { _, ok := directives[name]; return ok }
	if has("no-store") && !has("must-understand") || varies(h, "*", protocol.HeaderTimeout) {
		return
	}
	e.Kept = true
	if has("no-cache") { // for some fields alone, too: the verdict may hang on them
		return
	}
	e.MaxAge, _ = seconds(directives["max-age"])
	if !has("must-revalidate") {
		e.WhileRevalidate, _ = seconds(directives["stale-while-revalidate"])
		e.IfError, _ = seconds(directives["stale-if-error"])
	}
	spend(e, age(h))
}

// varies says that the answer depends on one of these request headers (RFC 9111, 4.1). "*" is never alike, nor is the
// time that is left.
func varies(h http.Header, names ...string) bool {
	for field := range strings.SplitSeq(strings.Join(h.Values("Vary"), ","), ",") {
		field = strings.TrimSpace(field)
		if slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(field, name) }) {
			return true
		}
	}
	return false
}

// age is what the answer had behind it when it was sent; of a list the first counts (RFC 9111, 5.1).
func age(h http.Header) time.Duration {
	first, _, _ := strings.Cut(h.Get("Age"), ",")
	d, _ := seconds(strings.TrimSpace(first))
	return d
}

// spend takes from an entry what had passed before we asked.
func spend(e *cache.Entry, age time.Duration) { e.MaxAge, e.Aged = e.MaxAge-age, age }

// cacheControl splits the directives; of one that is named twice the first counts (RFC 9111, 4.2.1).
func cacheControl(h http.Header) map[string]string {
	directives := map[string]string{}
	for _, part := range splitUnquoted(strings.Join(h.Values("Cache-Control"), ",")) {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := directives[name]; !twice && name != "" {
			directives[name] = unquoted(strings.TrimSpace(value))
		}
	}
	return directives
}

// unquoted is a value without its quotes; one with a single quote stays as it is, and is then no number.
func unquoted(value string) string {
	if inner, ok := strings.CutPrefix(value, `"`); ok {
		if inner, ok = strings.CutSuffix(inner, `"`); ok {
			return inner
		}
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

// seconds reads whole seconds, at most longest; ok is false for what is none (RFC 9111, 1.2.2).
func seconds(text string) (d time.Duration, ok bool) {
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n > int64(longest/time.Second) {
		return longest, true
	}
	return time.Duration(n) * time.Second, true
}

// retryAfter reads how long to leave a replica alone (RFC 9110, 10.2.3), 0 for what it can't read. The caller caps it.
func retryAfter(text string, now time.Time) time.Duration {
	text = strings.TrimSpace(text)
	if d, ok := seconds(text); ok {
		return d
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(longest, max(0, at.Sub(now)))
	}
	return 0
}

// etag is the entity tag as it stands, "" when there is none that we could keep.
func etag(h http.Header) string {
	if tag := h.Get("Etag"); len(tag) <= protocol.MaxLabelBytes && askable(tag) {
		return tag
	}
	return ""
}

// askable says that a tag can be asked about by itself (RFC 9110, 8.8.3 and 13.1.2). Tags without quotes are against the
// rules and in use; "*" and a list would ask about any version or several, and a control character cannot be sent.
func askable(tag string) bool {
	opaque, quoted := strings.CutPrefix(strings.TrimPrefix(tag, "W/"), `"`)
	if quoted {
		if opaque, quoted = strings.CutSuffix(opaque, `"`); !quoted {
			return false
		}
	} else if strings.ContainsAny(opaque, "*,") {
		return false
	}
	return !strings.ContainsFunc(opaque, func(r rune) bool { return r <= ' ' || r == '"' || r == 0x7f })
}

// sameTag is the weak comparison of entity tags (RFC 9110, 8.8.3.2).
func sameTag(a, b string) bool {
	return strings.TrimPrefix(a, "W/") == strings.TrimPrefix(b, "W/")
}

// load reads the utilisation that a replica reports, in the JSON or the text form of ORCA (Open Request Cost
// Aggregation); 0 for what it can't read.
func load(text string) float64 {
	var report struct {
		Application float64 `json:"application_utilization"`
		CPU         float64 `json:"cpu_utilization"`
	}
	if form, rest, _ := strings.Cut(strings.TrimSpace(text), " "); strings.EqualFold(form, "JSON") {
		_ = json.Unmarshal([]byte(rest), &report)
	} else {
		if strings.EqualFold(form, "TEXT") {
			text = rest
		}
		for part := range strings.SplitSeq(text, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			n, _ := strconv.ParseFloat(value, 64)
			switch name {
			case "application_utilization":
				report.Application = n
			case "cpu_utilization":
				report.CPU = n
			}
		}
	}
	for _, n := range []float64{report.Application, report.CPU} {
		if n > 0 && !math.IsInf(n, 1) {
			return n
		}
	}
	return 0
}
