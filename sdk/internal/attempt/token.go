package attempt

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
	checked atomic.Int64 // Unix nanoseconds at which the file was last read
}

// tokenCheck is how old the reading of a token file may be.
const tokenCheck = 10 * time.Second

// NewToken returns the token with that value, or that of the file. The error says what is wrong with the file.
func NewToken(value, file string) (*Token, error) {
	t := &Token{file: file}
	t.value.Store(&value)
	if file == "" {
		return t, nil
	}
	return t, t.read()
}

// Value is the token as last read, "" when there is none. At most one caller at a time reads the file for it.
func (t *Token) Value() string {
	if last := t.checked.Load(); t.file != "" && time.Now().UnixNano()-last > int64(tokenCheck) && t.checked.CompareAndSwap(last, time.Now().UnixNano()) {
		_ = t.read() // a file that is gone or half written for a moment: the last token stays in use
	}
	return *t.value.Load()
}

// Doubt has the file read again within a second: MS2 did not take the token.
func (t *Token) Doubt() {
	soon := time.Now().Add(time.Second - tokenCheck).UnixNano()
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
	t.checked.Store(time.Now().UnixNano())
	return nil
}

// CheckToken reports a token that no header can carry.
func CheckToken(value string) error {
	for i := range len(value) {
		if value[i] < 0x21 || value[i] > 0x7e {
			return errors.New("the token holds a byte that is not visible ASCII")
		}
	}
	return nil
}
