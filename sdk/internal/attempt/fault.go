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
	Connect   Fault = iota // no connection could be made
	Reset                  // it broke before the answer
	Timeout                // no answer in time
	TLS                    // no handshake, or http where https is spoken, or the reverse
	Status                 // an answer whose status says so
	Redirect               // an answer that points elsewhere
	Malformed              // an answer that cannot be believed
	Faults                 // how many kinds there are
)

// Cause is what went wrong with an attempt, in a word that does not change.
type Cause string

// The causes. The first of them are of failures, the others of answers without a verdict.
const (
	CauseRefusedConnection Cause = "connection_refused" // nothing listens at the address
	CauseConnect           Cause = "connect"            // no connection could be made for another reason
	CauseReset             Cause = "reset"              // the connection broke before the answer
	CauseTimeout           Cause = "timeout"            // no answer in time
	CauseTLS               Cause = "tls"                // the handshake failed
	CauseScheme            Cause = "scheme"             // it speaks https and we http, or the reverse
	CauseStatus            Cause = "status"             // an answer whose status says so
	CauseRedirect          Cause = "redirect"           // an answer that points elsewhere
	CauseMalformed         Cause = "malformed"          // an answer that cannot be believed

	CauseToken     Cause = "token"     // 401
	CauseForbidden Cause = "forbidden" // 403
	CauseRefused   Cause = "refused"   // another status that refuses
	CauseNoResult  Cause = "no_result" // an answer without the results that were asked for
	CauseShed      Cause = "shed"      // refused for load
	CauseHook      Cause = "hook"      // code of the adopter's failed
)

// fault is the kind of failure that a cause is.
func (c Cause) fault() Fault {
	switch c {
	case CauseReset:
		return Reset
	case CauseTimeout:
		return Timeout
	case CauseTLS, CauseScheme:
		return TLS
	case CauseStatus, CauseShed:
		return Status
	case CauseRedirect:
		return Redirect
	case CauseMalformed:
		return Malformed
	}
	return Connect
}

// isTLS reports whether a handshake failed, or the other side ended it.
func isTLS(err error) bool {
	var (
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		alert       tls.AlertError
	)
	return errors.As(err, &certificate) || errors.As(err, &record) || errors.As(err, &alert) || isAlert(err) ||
		certificateError(err) != nil || errors.Is(err, http.ErrSchemeMismatch)
}

// isAlert reports whether crypto/tls ended the connection by an alert, its own or the other side's.
func isAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error")
}

// certificateError is what is wrong with a certificate; nil for nothing.
func certificateError(err error) error {
	var (
		name      x509.HostnameError
		authority x509.UnknownAuthorityError
		invalid   x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &name):
		return name
	case errors.As(err, &authority):
		return authority
	case errors.As(err, &invalid):
		return invalid
	}
	return nil
}

// isDial reports whether a connection could not be made.
func isDial(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}
