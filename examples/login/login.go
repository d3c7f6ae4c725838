// Package login stands in for the authentication that a real service has in front of it: it tells whose request it is.
//
// Here a browser simply says so. In production the value comes from a session or a verified token, and the field is set by
// the proxy that authenticates, and removed from what browsers send.
package login

import (
	"fmt"
	"net/http"
	"strings"
)

// Header is the request field with the user's ID.
const Header = "Demo-User"

// maxID is the longest ID, in bytes.
const maxID = 64

// User returns the ID of the user whose request it is: 1 to 64 visible ASCII characters. It is "" for nobody, and where the
// field holds anything else. Safe for concurrent use.
func User(r *http.Request) string {
	id, err := read(r)
	if err != nil {
		return ""
	}
	return id
}

// Check returns an error when the field is there and holds no user's ID: for a service that must not take such a request for
// nobody's. The error says what is right.
func Check(r *http.Request) error {
	_, err := read(r)
	return err
}

func read(r *http.Request) (string, error) {
	fields := r.Header.Values(Header)
	switch {
	case len(fields) == 0:
		return "", nil
	case len(fields) > 1:
		return "", fmt.Errorf("%s is there twice", Header)
	case fields[0] == "":
		return "", nil
	case len(fields[0]) > maxID || strings.ContainsFunc(fields[0], invisible):
		return "", fmt.Errorf("%s is not 1 to %d visible ASCII characters", Header, maxID)
	}
	return fields[0], nil
}

func invisible(r rune) bool { return r <= ' ' || r > '~' }
