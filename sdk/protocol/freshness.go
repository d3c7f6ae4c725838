package protocol

import (
	"strconv"
	"strings"
	"time"
)

// freshness is for how long an answer may be believed: whole seconds for the batch door, a header for the single one.
type freshness struct {
	maxAge, staleWhileRevalidate, staleIfError int64
	cacheControl                               string
}

// newFreshness renders the durations once. Without maxAge the others mean nothing, and nobody may keep the answer.
// What may be kept is private (RFC 9111, 5.2.2.7): MS2 speaks to MS1, not to proxies in between.
func newFreshness(maxAge, staleWhileRevalidate, staleIfError time.Duration) freshness {
	f := freshness{maxAge: seconds(maxAge), cacheControl: "no-store"}
	if f.maxAge == 0 {
		return f
	}
	f.staleWhileRevalidate, f.staleIfError = seconds(staleWhileRevalidate), seconds(staleIfError)
	var b strings.Builder
	b.WriteString("private")
	directive(&b, "max-age", f.maxAge)
	directive(&b, "stale-while-revalidate", f.staleWhileRevalidate)
	directive(&b, "stale-if-error", f.staleIfError)
	f.cacheControl = b.String()
	return f
}

func directive(b *strings.Builder, name string, seconds int64) {
	if seconds > 0 {
		b.WriteString(", " + name + "=" + strconv.FormatInt(seconds, 10))
	}
}

func seconds(d time.Duration) int64 {
	return min(max(int64(d/time.Second), 0), maxAgeSeconds)
}
