package attach

import (
	"errors"
	"fmt"
	"strings"
)

// pointer is where SIDs are in a JSON text: a JSON pointer (RFC 6901) whose segment * stands for each element of an array, or each
// value of an object.
type pointer []string

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

func parsePointer(text string) (pointer, error) {
	if !strings.HasPrefix(text, "/") {
		return nil, fmt.Errorf("%q is no JSON pointer: begin it with /, as in /lines/*/product/sid", text)
	}
	segments := strings.Split(text[1:], "/")
	for i, segment := range segments {
		if strings.Contains(unescape.Replace(strings.NewReplacer("~0", "", "~1", "").Replace(segment)), "~") {
			return nil, fmt.Errorf("%q is no JSON pointer: write ~ as ~0", text)
		}
		segments[i] = unescape.Replace(segment)
	}
	return segments, nil
}

func parsePointers(texts []string) ([]pointer, error) {
	var pointers []pointer
	var errs []error
	for _, text := range texts {
		p, err := parsePointer(text)
		pointers, errs = append(pointers, p), append(errs, err)
	}
	return pointers, errors.Join(errs...)
}

// each calls found with each string that the pointer leads to.
func (p pointer) each(value any, found func(string)) {
	if len(p) == 0 {
		if text, ok := value.(string); ok {
			found(text)
		}
		return
	}
	switch value := value.(type) {
	case []any:
		if p[0] == "*" {
			for _, element := range value {
				p[1:].each(element, found)
			}
		}
	case map[string]any:
		if p[0] != "*" {
			p[1:].each(value[p[0]], found)
			return
		}
		for _, member := range value {
			p[1:].each(member, found)
		}
	}
}
