package attest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// readFile reads a regular file that is no larger than a key set. Its errors do not name the path.
func readFile(path string) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // not waiting for the writer of a pipe
	if err != nil {
		return nil, withoutPath(err)
	}
	defer func() { _ = file.Close() }() // nothing was written
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	data, err := io.ReadAll(io.LimitReader(file, maxSetBytes+1))
	if len(data) > maxSetBytes {
		return nil, fmt.Errorf("it is larger than %d KiB", maxSetBytes>>10)
	}
	return data, withoutPath(err)
}

// withoutPath strips what the caller says itself.
func withoutPath(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
