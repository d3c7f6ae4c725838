package discovery

import (
	"errors"
	"strings"
)

// lineError is several errors in one line, where errors.Join would use a line for each.
type lineError struct{ errs []error }

func oneLine(errs []error) error { return &lineError{errs} }

func (e *lineError) Error() string {
	return strings.ReplaceAll(errors.Join(e.errs...).Error(), "\n", "; ")
}

// Unwrap lets errors.Is and errors.As see each.
func (e *lineError) Unwrap() []error { return e.errs }
