package discovery

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// maxFile is the largest file read or written, in bytes: [MaxInstances] with some metadata take about 3 MiB.
const maxFile = 16 << 20

var errTooLarge = fmt.Errorf("it is larger than %d MiB", maxFile>>20)

// readFile reads a regular file of at most maxFile bytes, and says which one it was, also where it is refused for what
// it is. It does not wait for a writer where the path leads to a pipe. Its errors do not name the path.
func readFile(path string) ([]byte, os.FileInfo, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, withoutPath(err)
	}
	defer func() { _ = file.Close() }() // nothing was written
	info, err := file.Stat()
	if err != nil {
		return nil, nil, withoutPath(err)
	}
	if !info.Mode().IsRegular() {
		return nil, info, errors.New("it is not a regular file")
	}
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, nil, withoutPath(err)
	}
	if len(data) > maxFile {
		return nil, info, errTooLarge
	}
	return data, info, nil
}

// withoutPath strips what the caller says itself.
func withoutPath(err error) error {
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &at):
		return at.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
