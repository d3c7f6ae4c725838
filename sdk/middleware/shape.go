package middleware

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// jsonType is a type of JSON value, or several.
type jsonType byte

const (
	text jsonType = 1 << iota
	list
	object
	other // a number, true or false
)

func (k jsonType) String() string {
	var words []string
	for i, word := range []string{"a string", "an array", "an object", "a number or a boolean"} {
		if k&(1<<i) != 0 {
			words = append(words, word)
		}
	}
	return strings.Join(words, " or ")
}

// shape is what the pointers say of one place in a body. All pointers together are a tree of them; nil is where none leads.
type shape struct {
	takes   jsonType
	names   []member // of the members that pointers lead through
	each    *shape   // of all elements or values, instead of names
	field   *Field   // whose SID stands here
	version *Field   // whose version stands here
	tokens  bool     // attestations stand here
}

type member struct {
	name, folded string
	*shape
}

// shapes makes one tree of the pointers of all fields and attestations.
func shapes(fields []Field, attestations []string) (*shape, error) {
	root := &shape{}
	var errs []error
	for i := range fields {
		if f := &fields[i]; f.in == inBody {
			errs = append(errs, root.plant(f.name, shape{takes: text, field: f}), root.plantVersion(f))
		}
	}
	for _, pointer := range attestations {
		errs = append(errs, root.plant(pointer, shape{takes: text | list | object, tokens: true, each: &shape{takes: text, tokens: true}}))
	}
	return root, errors.Join(errs...)
}

func (s *shape) plantVersion(f *Field) error {
	if f.version == "" {
		return nil
	}
	parent := f.name[:max(strings.LastIndexByte(f.name, '/'), 0)]
	if f.name == "" || strings.HasSuffix(f.name, "/*") || strings.Contains(f.version+"/", "/*/") {
		return fmt.Errorf("middleware: version %q of %q: both must be members of objects; end neither with *, and put none into the version",
			f.version, f.name)
	}
	if !strings.HasPrefix(f.version, "/") {
		return fmt.Errorf("middleware: version %q of %q: begin it with /", f.version, f.name)
	}
	return s.plant(parent+f.version, shape{takes: text, version: f})
}

// plant puts a leaf at the place that pointer leads to.
func (s *shape) plant(pointer string, leaf shape) error {
	segments, err := split(pointer)
	if err != nil {
		return err
	}
	for _, segment := range segments {
		if s = s.grow(segment); s == nil {
			return fmt.Errorf("middleware: pointer %q meets another with both * and a name, or two cases of a name, in one place; use one", pointer)
		}
	}
	if s.takes != 0 {
		return fmt.Errorf("middleware: pointer %q leads where another does; give each place once", pointer)
	}
	*s = leaf
	return nil
}

// grow returns what is below s by segment, and makes it where it is not. It returns nil when another pointer forbids it.
func (s *shape) grow(segment string) *shape {
	if s.takes&text != 0 || (segment == "*") != (s.each != nil) && s.takes != 0 {
		return nil
	}
	if segment == "*" {
		if s.each == nil {
			s.takes, s.each = list|object, &shape{}
		}
		return s.each
	}
	name := unescaped.Replace(segment)
	for _, m := range s.names {
		if m.name == name {
			return m.shape
		}
		if m.folded == fold(name) {
			return nil
		}
	}
	below := &shape{}
	s.takes = object
	s.names = append(s.names, member{name, fold(name), below})
	return below
}

// unescaped undoes the escapes of RFC 6901.
var unescaped = strings.NewReplacer("~1", "/", "~0", "~")

// split cuts a pointer into its segments, which stay escaped.
func split(pointer string) ([]string, error) {
	if pointer == "" {
		return nil, nil
	}
	if strings.Contains(strings.NewReplacer("~0", "", "~1", "").Replace(pointer), "~") || pointer[0] != '/' {
		return nil, fmt.Errorf("middleware: %q is no JSON pointer: begin it with /, and write ~ as ~0 and / within a name as ~1", pointer)
	}
	return strings.Split(pointer[1:], "/"), nil
}

// keyed reports whether the names of an object's members are the sender's own, and no fields.
func (s *shape) keyed() bool { return s != nil && s.each != nil }

// below returns what the pointers say of a member, or of an element.
func (s *shape) below(name string) *shape {
	if s == nil || s.each != nil {
		return s.element()
	}
	for _, m := range s.names {
		if m.name == name {
			return m.shape
		}
	}
	return nil
}

func (s *shape) element() *shape {
	if s == nil {
		return nil
	}
	return s.each
}

// misspelt reports whether name differs from one that a pointer leads through, but only by case.
func (s *shape) misspelt(name, folded string) bool {
	return s != nil && slices.ContainsFunc(s.names, func(m member) bool { return m.folded == folded && m.name != name })
}

// required calls missing with the pointer, from here, of each required field that is not there when s is not.
func (s *shape) required(pointer string, missing func(pointer string)) {
	if s == nil {
		return
	}
	if s.field != nil && !s.field.optional {
		missing(pointer)
	}
	s.each.required(pointer+"/*", missing)
	for _, m := range s.names {
		m.required(pointer+"/"+escaped(m.name), missing)
	}
}
