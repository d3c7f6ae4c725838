package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
)

// kind is a way for a replica to be bad.
type kind struct {
	name    string
	spoil   spoiler                 // what a bad replica makes of its requests; nil: they are answered as ever
	strike  func(*os.Process) error // what makes the process bad from outside; nil: it is told to be bad
	tlsOnly bool                    // a bad replica speaks TLS alone
	slow    bool                    // a bad replica does not answer at once
	single  bool                    // every replica has the single door alone, and the clients are told so
	bare404 bool                    // every replica answers a bare 404 to a forged SID, and the clients take it for invalid
	callers callers
}

// spoiler makes a bad handler out of a good one.
type spoiler func(good http.Handler) http.Handler

const calm = "calm"

// calmKind is no fault at all: what the others are measured by.
func calmKind() kind { return kind{name: calm} }

// protocol is MS2_PROTOCOL for the kind.
func (k kind) protocol() string {
	if k.single {
		return "single"
	}
	return "auto"
}

// notFound is MS2_NOT_FOUND for the kind.
func (k kind) notFound() string {
	if k.bare404 {
		return "invalid"
	}
	return "error"
}

// kindNamed returns the kind of exactly this name.
func kindNamed(name string) (kind, error) {
	for _, k := range kinds() {
		if k.name == name {
			return k, nil
		}
	}
	return kind{}, fmt.Errorf("no kind is called %q", name)
}

// choose returns the kinds whose names contain the word.
func choose(word string) (chosen []kind) {
	for _, k := range kinds() {
		if strings.Contains(k.name, word) {
			chosen = append(chosen, k)
		}
	}
	return chosen
}
