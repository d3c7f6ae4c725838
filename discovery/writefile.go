package discovery

import (
	"errors"
	"os"
	"path/filepath"
)

// writeFile puts data at path in one step, so that nobody ever reads a half of it, readable for the owner only. What was
// there stays when it fails. Its errors do not name the path.
func writeFile(path string, data []byte) error {
	if len(data) > maxFile {
		return errTooLarge
	}
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return withoutPath(err)
	}
	if err = fill(temp, data); err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temp.Name()) // the first error is the one to tell
	}
	return withoutPath(err)
}

// fill puts data on disk as all that file holds, and closes it.
func fill(file *os.File, data []byte) error {
	_, err := file.Write(data)
	if err == nil {
		err = file.Sync() // or a crash could leave the new name without its content
	}
	return errors.Join(err, file.Close())
}
