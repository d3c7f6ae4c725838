package protocol

import "strings"

// etagOf returns the strong entity tag of version, or "" when there is none: the version is empty, too long to be told,
// or holds a byte that a tag can't (RFC 9110, 8.8.3), such as a quote, a blank or a control character.
func etagOf(version string) string {
	if label(version) == "" || strings.ContainsFunc(version, notInTag) {
		return ""
	}
	return `"` + version + `"`
}

func notInTag(r rune) bool { return r <= ' ' || r == '"' || r == 0x7f }

// matches reports whether an If-None-Match field names etag by the weak comparison (RFC 9110, 13.1.2), for which a tag and
// its weak form are the same; "*" names whatever there is. Behind a syntax error nothing matches: a full answer is never wrong.
func matches(field, etag string) bool {
	for {
		field = strings.TrimLeft(field, " \t,")
		if strings.HasPrefix(field, "*") {
			return true
		}
		opaque, quoted := strings.CutPrefix(strings.TrimPrefix(field, "W/"), `"`)
		tag, rest, closed := strings.Cut(opaque, `"`)
		if !quoted || !closed {
			return false
		}
		if `"`+tag+`"` == etag {
			return true
		}
		field = rest
	}
}
