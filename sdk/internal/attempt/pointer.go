package attempt

import (
	"errors"
	"strconv"
	"strings"
)

// Pointer is a place in a JSON text.
type Pointer struct {
	text  string // as it was configured, for errors
	steps []step
}

// step leads from a value to one inside it.
type step struct {
	member string // of an object
	index  int    // in an array, -1 for none
}

var errPointer = errors.New(`not a JSON pointer: "~" is written ~0 and "/" in a name ~1; ` +
	`set a pointer such as "/data/id", or the name of a top-level member such as "sid"`)

// ParsePointer reads a JSON pointer (RFC 6901), which begins with "/", or else the plain name of a top-level member.
func ParsePointer(text string) (Pointer, error) {
	rest, pointer := strings.CutPrefix(text, "/")
	if !pointer {
		return member(text), nil
	}
	p := Pointer{text: text}
	for token := range strings.SplitSeq(rest, "/") {
		if strings.Contains(escapes.Replace(token), "~") {
			return Pointer{}, errPointer
		}
		name := unescape.Replace(token)
		p.steps = append(p.steps, step{name, indexOf(name)})
	}
	return p, nil
}

// A replacer goes through its text once, so that ~01 is the name ~1 and no slash (RFC 6901, 4).
var (
	unescape = strings.NewReplacer("~0", "~", "~1", "/")
	escapes  = strings.NewReplacer("~0", "", "~1", "")
)

// member is the place of a top-level member.
func member(name string) Pointer { return Pointer{name, []step{{name, -1}}} }

// indexOf is the array index that a token stands for, -1 for none: digits without a leading zero (RFC 6901, 4).
func indexOf(token string) int {
	n, err := strconv.Atoi(token)
	if err != nil || n < 0 || strconv.Itoa(n) != token {
		return -1
	}
	return n
}

// find returns the value at the place in a well-formed JSON text, nil where there is none. Of members with one name the last
// counts, as in encoding/json.
func (p Pointer) find(text []byte) []byte {
	c := cursor{text}
	return c.descend(p.steps)
}
