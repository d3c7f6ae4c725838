package transport

import (
	"errors"
	"net"

	"ms2.internal/lb/sdk/internal/hook"
)

// mostWrapped is how many errors one may be made of.
const mostWrapped = 1000

// sound returns an error of the adopter's as it is, or a fault in its place where it wraps itself. It calls the methods that others will
// call later, out of the guard: here one that panics or blocks harms this request alone.
func sound(err error) error {
	if err == nil {
		return nil
	}
	if left := mostWrapped; !ends(err, &left) {
		return &hook.Fault{Hook: hook.Transport, What: "returned an error that wraps itself, or far too many"}
	}
	var timeout net.Error
	if errors.As(err, &timeout) {
		timeout.Timeout()
	}
	var none *nobodys
	_, _ = errors.Is(err, none), errors.As(err, &none)
	return err
}

// nobodys is an error that there is none of, so that all of those that one is made of are asked whether they are.
type nobodys struct{}

func (*nobodys) Error() string { return "" }

// ends reports whether what an error wraps comes to an end.
func ends(err error, left *int) bool {
	for err != nil {
		if *left--; *left < 0 {
			return false
		}
		_ = err.Error()
		switch e := err.(type) {
		case interface{ Unwrap() error }:
			err = e.Unwrap()
		case interface{ Unwrap() []error }:
			for _, inner := range e.Unwrap() {
				if !ends(inner, left) {
					return false
				}
			}
			return true
		default:
			return true
		}
	}
	return true
}
