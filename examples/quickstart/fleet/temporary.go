package fleet

import (
	"fmt"
	"os"
)

// TemporaryDir makes a directory for [Options.Dir], which remove removes.
func TemporaryDir() (dir string, remove func() error, err error) {
	dir, err = os.MkdirTemp("", "ms2-quickstart-")
	if err != nil {
		return "", nil, fmt.Errorf("the directory for temporary files, %s, can't be used: have TMPDIR name one that can (%w)", os.TempDir(), err)
	}
	return dir, func() error { return os.RemoveAll(dir) }, nil
}
