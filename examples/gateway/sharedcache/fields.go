package sharedcache

import (
	"net/http"
	"net/textproto"
	"slices"
	"strings"
)

// hop names the fields that are for one connection (RFC 9110, 7.6.1) or one proxy (RFC 9111, 3.1).
var hop = []string{"Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authentication-Info", "Proxy-Authorization",
	"Te", "Trailer", "Transfer-Encoding", "Upgrade"}

// endToEnd is a copy of h without the fields of one hop, and those that Connection names.
func endToEnd(h http.Header) http.Header {
	kept := h.Clone()
	for _, name := range append(list(h, "Connection"), hop...) {
		kept.Del(name)
	}
	return kept
}

// list is the members of a field that is a list of names, as http.Header spells them.
func list(h http.Header, name string) []string {
	var names []string
	for member := range strings.SplitSeq(strings.Join(h.Values(name), ","), ",") {
		if member = strings.Trim(member, " \t"); member != "" {
			names = append(names, textproto.CanonicalMIMEHeaderKey(member))
		}
	}
	return names
}

// varies is the names of the fields that an answer depends on, each once, in order (RFC 9111, 4.1).
func varies(h http.Header) []string {
	names := list(h, "Vary")
	slices.Sort(names)
	return slices.Compact(names)
}

// variantOf is what a request says in these fields. An absent field differs from an empty one.
func variantOf(h http.Header, names []string) string {
	var b strings.Builder
	for _, name := range names {
		for _, value := range h.Values(name) {
			b.WriteString(strings.Trim(value, " \t") + "\x00")
		}
		b.WriteString("\x01") // no value holds such bytes
	}
	return b.String()
}
