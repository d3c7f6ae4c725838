package transport

import (
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// Token is the bearer token: fixed, or read from a file and read again while it is used, since such tokens are renewed.
type Token struct {
	file    string // "": fixed
	value   atomic.Pointer[string]
	born    time.Time
	checked atomic.Int64 // nanoseconds from born to when the file was last read: no clock that is set back delays the next
}

// tokenCheck is how old the reading of a token file may be.
const tokenCheck = 10 * time.Second

// NewToken returns the token with that value, or that of the file. The error says what is wrong with the file.
func NewToken(value, file string) (*Token, error) {
	t := &Token{file: file, born: time.Now()}
	t.value.Store(&value)
	if file == "" {
		return t, nil
	}
	return t, t.read()
}

// Value is the token as last read, "" when there is none. At most one caller at a time reads the file for it.
func (t *Token) Value() string {
	if t.file != "" && t.due() {
		_ = t.read() // a file that is gone or half written for a moment: the last token stays in use
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

// Doubt has the file read again within a second: MS2 did not take the token.
func (t *Token) Doubt() {
	soon := int64(time.Since(t.born) + time.Second - tokenCheck)
	if last := t.checked.Load(); last > soon {
		t.checked.CompareAndSwap(last, soon)
	}
}

func (t *Token) read() error {
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
	t.checked.Store(int64(time.Since(t.born)))
	return nil
}

// CheckToken reports a token that no header can carry.
func CheckToken(value string) error {
	if strings.ContainsFunc(value, func(r rune) bool { return r < 0x21 || r > 0x7e }) {
		return errors.New("the token holds a byte that is not visible ASCII")
	}
	return nil
}
