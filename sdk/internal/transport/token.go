package transport

import (
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"
)

// Token is the bearer token: fixed, or read from a file and read again while it is used, since such tokens are renewed.
type Token struct {
	file    string // "": fixed
	value   atomic.Pointer[string]
	born    time.Time
	checked atomic.Int64       // nanoseconds from born to when the file was last read: no clock that is set back delays the next
	reading singleflight.Group // those who need the file now share one read
	read    time.Time          // when the last one began; used by reading's function alone once the token is made
}

const (
	tokenCheck = 10 * time.Second       // how old the reading of a token file may be while MS2 takes the token
	tokenPause = 100 * time.Millisecond // from the start of one read of the file to the next, whatever MS2 says
)

// NewToken returns the token with that value, or that of the file. The error says what is wrong with the file.
func NewToken(value, file string) (*Token, error) {
	t := &Token{file: file, born: time.Now()}
	t.value.Store(&value)
	if file == "" {
		return t, nil
	}
	return t, t.load()
}

// Value is the token as last read, "" when there is none. At most one caller at a time reads the file for it.
func (t *Token) Value() string {
	if t.file != "" && t.due() {
		t.refresh()
	}
	return t.Last()
}

// Last is the token as last read: it reads no file.
func (t *Token) Last() string { return *t.value.Load() }

// due reports to one caller at a time that the file should be read again.
func (t *Token) due() bool {
	last, now := t.checked.Load(), int64(time.Since(t.born))
	return now-last > int64(tokenCheck) && t.checked.CompareAndSwap(last, now)
}

// Renewed reports whether the token in use is another than used, which MS2 did not take. If it isn't, the file is read for
// all who ask meanwhile, unless the last read is younger than tokenPause.
func (t *Token) Renewed(used string) bool {
	if t.file == "" {
		return false
	}
	if t.Last() == used {
		t.refresh()
	}
	return t.Last() != used
}

// refresh reads the file, or waits for the read under way.
func (t *Token) refresh() {
	_, _, _ = t.reading.Do("", func() (any, error) {
		if time.Since(t.read) >= tokenPause {
			_ = t.load() // a file that is gone or half written for a moment: the last token stays in use
		}
		return nil, nil
	})
}

// load takes the token from the file. The one in use stays when that fails.
func (t *Token) load() error {
	t.read = time.Now()
	t.checked.Store(int64(time.Since(t.born)))
	text, err := os.ReadFile(t.file)
	if err != nil {
		return err
	}
	value := strings.TrimSpace(string(text))
	if value == "" {
		return errors.New("the file is empty")
	}
	if err := CheckToken(value); err != nil {
		return err
	}
	t.value.Store(&value)
	return nil
}

// CheckToken reports a token that no header can carry.
func CheckToken(value string) error {
	if strings.ContainsFunc(value, func(r rune) bool { return r < 0x21 || r > 0x7e }) {
		return errors.New("the token holds a byte that is not visible ASCII")
	}
	return nil
}
