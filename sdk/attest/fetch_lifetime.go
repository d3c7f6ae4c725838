package attest

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// lifetime is for how long an answer with this header is fresh (RFC 9111, 4.2), within our bounds. told reports whether the header
// says so.
func lifetime(header http.Header) (life time.Duration, told bool) {
	seconds := int64(-1)
	for directive := range strings.SplitSeq(strings.Join(header.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.ToLower(strings.TrimSpace(directive)), "=")
		switch name {
		case "no-store", "no-cache":
			return minKeySetMaxAge, true
		case "max-age":
			if got := wholeSeconds(value); !told || got < seconds {
				seconds, told = got, true
			}
		}
	}
	if !told {
		return defaultKeySetMaxAge, false
	}
	left := seconds - wholeSeconds(header.Get("Age"))
	return min(max(time.Duration(left)*time.Second, minKeySetMaxAge), maxKeySetMaxAge), true
}

// wholeSeconds reads a number of seconds, at most a day. What is none counts as 0.
func wholeSeconds(s string) int64 {
	n, err := strconv.ParseUint(strings.Trim(s, `" `), 10, 64)
	if err != nil && n == 0 {
		return 0
	}
	return int64(min(n, 24*60*60))
}
