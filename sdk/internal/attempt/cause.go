package attempt

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"reflect"
	"strings"
	"syscall"
)

// causeOf is why an exchange brought no answer.
func causeOf(err error) Cause {
	var timeout net.Error
	switch {
	case errors.Is(err, ErrAttemptTimeout), errors.As(err, &timeout) && timeout.Timeout():
		return CauseTimeout
	case errors.Is(err, errCutOff), errors.Is(err, errTooLarge):
		return CauseMalformed
	case isTLS(err):
		if speaksHTTP(err) {
			return CauseScheme
		}
		return CauseTLS
	case isDial(err):
		return dialCause(err)
	}
	return brokenCause(err)
}

func dialCause(err error) Cause {
	if errors.Is(err, syscall.ECONNREFUSED) {
		return CauseRefusedConnection
	}
	return CauseConnect
}

// brokenCause is why an exchange broke once there was a connection. The errors of net/http have no names.
func brokenCause(err error) Cause {
	switch text := textOf(err); {
	case strings.Contains(text, alertForHTTP):
		return CauseScheme
	case strings.Contains(text, "malformed HTTP"), strings.Contains(text, "malformed MIME header"):
		return CauseMalformed
	}
	return CauseReset
}

// alertForHTTP is how net/http shows an answer that is an alert of TLS: many who speak https answer http by one.
const alertForHTTP = `malformed HTTP response "\x15\x03`

// speaksHTTP reports whether a replica answered https by http, as an http.Client says or an http.Transport.
func speaksHTTP(err error) bool {
	var record tls.RecordHeaderError
	return errors.Is(err, http.ErrSchemeMismatch) || errors.As(err, &record) && string(record.RecordHeader[:]) == "HTTP/"
}

// textOf is the text of an error of the standard library's within err; "" for none. An error of the adopter's is not asked for its text,
// which may block or panic.
func textOf(err error) string {
	for ; err != nil; err = errors.Unwrap(err) {
		kind := reflect.TypeOf(err)
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		if kind.PkgPath() == "net/http" || kind.PkgPath() == "fmt" || kind.String() == "errors.errorString" {
			return err.Error()
		}
	}
	return ""
}
