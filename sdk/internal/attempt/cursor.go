package attempt

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// cursor goes through a JSON text once. The text must be well-formed, so that nothing has to be checked on the way.
type cursor struct {
	rest []byte
}

// descend goes past the next value and returns the one inside it that the steps lead to, nil for none.
func (c *cursor) descend(steps []step) (found []byte) {
	if len(steps) == 0 {
		return c.value()
	}
	switch c.peek() {
	case '{':
		return c.inObject(steps)
	case '[':
		return c.inArray(steps)
	}
	c.value()
	return nil
}

func (c *cursor) inObject(steps []step) (found []byte) {
	for c.more() {
		found = c.enter(named(c.value(), steps[0].member), steps[1:], found)
	}
	return found
}

func (c *cursor) inArray(steps []step) (found []byte) {
	for i := 0; c.more(); i++ {
		found = c.enter(i == steps[0].index, steps[1:], found)
	}
	return found
}

// enter goes past the next value and returns what the steps lead to inside it if it is the wanted one, else what was found
// before.
func (c *cursor) enter(wanted bool, steps []step, found []byte) []byte {
	if wanted {
		return c.descend(steps)
	}
	c.value()
	return found
}

// peek returns the next byte that is neither blank nor a colon, which tells a reader of well-formed text nothing.
func (c *cursor) peek() byte {
	c.rest = bytes.TrimLeft(c.rest, " \t\r\n:")
	return c.rest[0]
}

func (c *cursor) take() byte {
	b := c.peek()
	c.rest = c.rest[1:]
	return b
}

// more goes past the bracket or comma before a member and reports whether there is one; the last bracket is behind it then.
func (c *cursor) more() bool {
	switch c.take() {
	case ',':
		return true
	case '{', '[':
		if b := c.peek(); b != '}' && b != ']' {
			return true
		}
		c.take()
	}
	return false
}

// value goes past the next value and returns it.
func (c *cursor) value() []byte {
	var length int
	switch c.peek() {
	case '{', '[':
		length = nestLength(c.rest)
	case '"':
		length = stringLength(c.rest)
	default:
		if length = bytes.IndexAny(c.rest, ",]} \t\r\n"); length < 0 {
			length = len(c.rest)
		}
	}
	value := c.rest[:length]
	c.rest = c.rest[length:]
	return value
}

// nestLength is the length of the object or array that a text begins with.
func nestLength(text []byte) int {
	for i, depth := 0, 0; ; i++ {
		switch text[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"':
			i += stringLength(text[i:]) - 1
		}
	}
}

// stringLength is the length of the string that a text begins with, quotes and escapes as they stand.
func stringLength(text []byte) int {
	i := 1
	for ; text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// named reports whether a JSON string is the name.
func named(quoted []byte, name string) bool {
	if bytes.IndexByte(quoted, '\\') < 0 && utf8.Valid(quoted) {
		return string(quoted[1:len(quoted)-1]) == name
	}
	text, _ := scalar(quoted)
	return text == name
}

// scalar returns the value of a JSON string, or a number as it is written; ok is false for anything else.
func scalar(raw []byte) (text string, ok bool) {
	switch {
	case len(raw) == 0:
		return "", false
	case raw[0] == '"':
		err := json.Unmarshal(raw, &text)
		return text, err == nil
	}
	return string(raw), raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9'
}
