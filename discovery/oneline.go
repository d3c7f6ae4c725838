package discovery

import (
	"errors"
	"fmt"
	"strings"
)

// lineError is several errors in one line, where errors.Join uses a line for each.
type lineError struct{ joined error }

// oneLine joins errs as errors.Join does: it leaves out each nil, and returns nil if nothing is left.
func oneLine(errs []error) error {
	joined := errors.Join(errs...)
	if joined == nil {
		return nil
	}
	return &lineError{joined}
}

func (e *lineError) Error() string { return strings.ReplaceAll(e.joined.Error(), "\n", "; ") }

// Unwrap lets errors.Is and errors.As see each.
func (e *lineError) Unwrap() error { return e.joined }

// prefixed puts what before err, and returns nil for nil.
func prefixed(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
