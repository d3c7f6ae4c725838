//go:build !unix

package main

import (
	"errors"
	"os"
)

// pause needs Unix.
func pause(*os.Process) error { return errors.ErrUnsupported }
