package attempt

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
)

// Fault is a kind of failure.
type Fault int

// The kinds of failures.
const (
	Connection Fault = iota // it could not be made, or broke before the answer
	Timeout                 // no answer in time
	TLS                     // the handshake failed
	Status                  // an answer whose status says so
	Malformed               // an answer that cannot be believed
	Faults                  // how many kinds there are
)

// faultOf is the kind of an exchange that brought no answer.
func faultOf(err error) Fault {
	var timeout net.Error
	switch {
	case errors.Is(err, ErrAttemptTimeout), errors.As(err, &timeout) && timeout.Timeout():
		return Timeout
	case errors.Is(err, errCutOff), errors.Is(err, errTooLarge):
		return Malformed
	case isTLS(err):
		return TLS
	}
	return Connection
}

func isTLS(err error) bool {
	var (
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		alert       tls.AlertError
		name        x509.HostnameError
		authority   x509.UnknownAuthorityError
	)
	return errors.As(err, &certificate) || errors.As(err, &record) || errors.As(err, &alert) || errors.As(err, &name) ||
		errors.As(err, &authority) || errors.Is(err, http.ErrSchemeMismatch)
}

// isDial reports whether a connection could not be made.
func isDial(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}
