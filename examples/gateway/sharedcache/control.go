package sharedcache

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// control is what the Cache-Control of a message says.
type control struct {
	has  map[string]bool          // directives by their names in lower case
	ages map[string]time.Duration // of those that say an age, the least where one is named twice
}

// member is one member of the list (RFC 9111, 5.2): a name, and perhaps a word or a quoted text. It may be empty.
var member = regexp.MustCompile("^[ \t]*(?:([-!#$%&'*+.^_`|~0-9A-Za-z]+)(?:=(?:([-!#$%&'*+.^_`|~0-9A-Za-z]+)|\"((?:[^\"\\\\]|\\\\.)*)\"))?)?[ \t]*(?:,|$)")

// longestControl is how much is read of it, in bytes: reading costs a microsecond a member, and browsers send what they like.
const longestControl = 1 << 10

// parseControl reads Cache-Control. It returns false where that is not written as the RFC has it, or too long: what a sender meant that
// others may read differently had better not be guessed.
func parseControl(h http.Header) (control, bool) {
	c, rest := control{map[string]bool{}, map[string]time.Duration{}}, strings.Join(h.Values("Cache-Control"), ",")
	if len(rest) > longestControl {
		return control{}, false
	}
	for rest != "" {
		m := member.FindStringSubmatch(rest)
		if m == nil || !c.add(strings.ToLower(m[1]), m[2]+m[3]) {
			return control{}, false
		}
		rest = rest[len(m[0]):]
	}
	return c, true
}

func (c control) add(name, value string) bool {
	if name == "" {
		return true
	}
	c.has[name] = true
	switch name {
	case "max-age", "s-maxage", "min-fresh", "stale-if-error":
		age, ok := seconds(value)
		if before, twice := c.ages[name]; !twice || age < before {
			c.ages[name] = age
		}
		return ok
	}
	return true
}

// longest is what every longer age is cut to: the field's own limit (RFC 9111, 1.2.2).
const longest = 1 << 31 * time.Second

// seconds reads delta-seconds: digits and nothing else.
func seconds(text string) (time.Duration, bool) {
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n > int64(longest/time.Second) {
		return longest, true // too many digits
	}
	return time.Duration(n) * time.Second, true
}
