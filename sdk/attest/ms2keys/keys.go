package main

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"ms2.internal/lb/sdk/attest"
)

// read returns the keys of a file.
func read(file string) ([]attest.SigningKey, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	keys, err := attest.ParseSigningKeys(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return keys, nil
}

// find returns the keys of the file, and which of them is meant.
func find(o options) (keys []attest.SigningKey, i int, err error) {
	if keys, err = read(o.file); err != nil {
		return nil, 0, err
	}
	if i = slices.IndexFunc(keys, func(k attest.SigningKey) bool { return k.ID == o.kid }); i < 0 {
		return nil, 0, fmt.Errorf("%s has no key %q: list tells the IDs", o.file, o.kid)
	}
	return keys, i, nil
}

// write replaces a file whole; of a link, the file that it leads to.
func write(file string, keys ...attest.SigningKey) error {
	target, err := filepath.EvalSymlinks(file)
	if err != nil {
		return err
	}
	return prepared(target, keys, os.Rename)
}

// writeNew makes a file whole, unless there is one.
func writeNew(file string, keys ...attest.SigningKey) error {
	err := prepared(file, keys, os.Link) // which fails where there is one, as a rename would not
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: add a key to it by rotate, or name another file", file)
	}
	return err
}

// prepared writes keys beside file, for the owner alone, and has them put there by put.
func prepared(file string, keys []attest.SigningKey, put func(temp, file string) error) error {
	text, err := attest.MarshalSigningKeys(keys...)
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(file), ".ms2keys-*") // of mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // the name is gone after a rename, and of no use after a link
	_, err = temp.Write(append(text, '\n'))
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return put(temp.Name(), file)
}

// signing is which key signs by its time, or will first when none does yet; -1 for none at all.
func signing(keys []attest.SigningKey, now time.Time) int {
	best := -1
	for i, k := range keys {
		switch {
		case k.Withdrawn:
		case best < 0, sooner(k.From, keys[best].From, now):
			best = i
		}
	}
	return best
}

// sooner reports whether a key from a signs now rather than one from b: the latest whose time has come, or else the first to come.
func sooner(a, b, now time.Time) bool {
	switch due := !a.After(now); {
	case due != !b.After(now):
		return due
	case due:
		return a.After(b)
	}
	return a.Before(b)
}

// state says in a word what becomes of a key.
func state(keys []attest.SigningKey, i int, now time.Time) string {
	switch {
	case keys[i].Withdrawn:
		return "withdrawn"
	case signing(keys, now) == i:
		return "signs"
	case keys[i].From.After(now):
		return "signs later"
	}
	return "signed before"
}

func algorithm(k attest.SigningKey) string {
	switch {
	case k.Private == nil:
		return "-"
	case isEd25519(k):
		return attest.EdDSA
	}
	return attest.ES256
}

func isEd25519(k attest.SigningKey) bool {
	_, ok := k.Private.(ed25519.PrivateKey)
	return ok
}

// stamp writes a time as the file does.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}
