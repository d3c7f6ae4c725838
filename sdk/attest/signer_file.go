package attest

import (
	"crypto/sha256"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// fileCheck is how old the reading of the keys' file may be.
const fileCheck = 10 * time.Second

// keysFile is a file of signing keys that is read again while it is used, by one caller at a time, while the others go on.
type keysFile struct {
	path    string
	born    time.Time
	checked atomic.Int64 // nanoseconds from born to the last reading: no clock that is set back delays the next

	mu    sync.Mutex        // guards the rest
	taken [sha256.Size]byte // of the text that the keys in use are from
	fault string            // why the file can't be used; "" when it can
	open  bool              // to others than its owner, when it was last looked at
}

// due reports to one caller at a time that the file should be read again.
func (f *keysFile) due(now time.Time) bool {
	last, age := f.checked.Load(), int64(now.Sub(f.born))
	return age-last >= int64(fileCheck) && f.checked.CompareAndSwap(last, age)
}

// load hands the keys to use when the file's text is another than before. Its errors do not name the path. The caller holds mu.
func (f *keysFile) load(use func([]SigningKey) error) error {
	text, err := readFile(f.path)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	if sum == f.taken {
		return nil
	}
	keys, err := parseSigningKeys(text)
	if err == nil {
		err = use(keys)
	}
	if err != nil {
		return err
	}
	f.taken = sum
	return nil
}

// follow reads the file again, unless it is being read. It logs when that begins to fail, for another reason, and when it ends.
func (s *Signer) follow() {
	f := s.file
	if !f.mu.TryLock() {
		return
	}
	defer f.mu.Unlock()
	fault := ""
	if err := f.load(s.replace); err != nil {
		fault = err.Error()
	}
	s.warnOfMode()
	switch {
	case fault == f.fault:
		return
	case fault != "":
		s.log.Error("ms2: the file of signing keys can't be used, the last good set stays in use", "file", f.path, "error", fault)
	default:
		s.log.Info("ms2: the file of signing keys can be used again", "file", f.path)
	}
	f.fault = fault
}

// warnOfMode warns, once while it is so, that others than its owner may open the file. Windows has no such modes. The caller holds mu,
// or has the Signer for itself.
func (s *Signer) warnOfMode() {
	info, err := os.Stat(s.file.path)
	if err != nil || runtime.GOOS == "windows" {
		return
	}
	const others = 0o077
	before, mode := s.file.open, info.Mode().Perm()
	s.file.open = mode&others != 0
	if s.file.open && !before {
		s.log.Warn("ms2: others may open the file of signing keys, and sign as MS2: set its mode to 0600, or 0400 where a platform mounts it",
			"file", s.file.path, "mode", fmt.Sprintf("%#o", mode))
	}
}
