package attest

import (
	"strconv"
	"strings"
	"unicode"
)

// The most bytes of text that others may put into our errors at a time, and of a whole error.
const (
	maxWords = 200
	maxError = 600
)

// clip returns a text of others for an error: in one line, of printable characters, and of at most so many bytes.
func clip(s string, most int) string {
	cut := s[:min(len(s), most)]
	cut = strings.Map(func(c rune) rune {
		if unicode.IsPrint(c) {
			return c
		}
		return '?'
	}, strings.ToValidUTF8(cut, "?"))
	if len(s) > most {
		cut += "…"
	}
	return cut
}

// plain is what a library says, without the library's name.
func plain(err error) string {
	return clip(strings.TrimPrefix(err.Error(), "go-jose/go-jose: "), maxWords)
}

// listed names three and counts the rest.
func listed(all []string) string {
	const most = 3
	if len(all) <= most {
		return strings.Join(all, "; ")
	}
	return strings.Join(all[:most], "; ") + "; and " + strconv.Itoa(len(all)-most) + " more"
}
