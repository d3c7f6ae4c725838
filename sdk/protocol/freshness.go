package protocol

import (
	"strconv"
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
	f.cacheControl = "private" + directive("max-age", f.maxAge) +
		directive("stale-while-revalidate", f.staleWhileRevalidate) + directive("stale-if-error", f.staleIfError)
	return f
}

// directive is one that follows another; it is left out where it would say 0.
func directive(name string, seconds int64) string {
	if seconds == 0 {
		return ""
	}
	return ", " + name + "=" + strconv.FormatInt(seconds, 10)
}

func seconds(d time.Duration) int64 {
	return min(max(int64(d/time.Second), 0), maxAgeSeconds)
}
