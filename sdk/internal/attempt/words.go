package attempt

import (
	"errors"
	"fmt"
	"io"
	"net"
	"reflect"
	"strings"
	"syscall"
	"time"

	"ms2.internal/lb/sdk/internal/hook"
	"ms2.internal/lb/sdk/internal/transport"
)

// What went wrong is said in words of ours. The texts of errors may hold SIDs and tokens: an adopter's transport has seen the request, and
// *url.Error shows its path. So no text is repeated but what the standard library says of certificates, alerts and system calls.

const (
	wordsTheyHTTPS = "speaks https, and we http (MS2_SCHEME)"
	wordsTheyHTTP  = "speaks http, and we https (MS2_SCHEME)"
	wordsBroke     = "the connection broke before the answer"
	wordsCutOff    = "the answer was cut off"
)

// wordsFor says why an exchange brought no answer within a time.
func wordsFor(err error, cause Cause, limit time.Duration) string {
	switch cause {
	case CauseRefusedConnection:
		return "connection refused"
	case CauseConnect:
		return connectWords(err)
	case CauseTimeout:
		return timeoutWords(err, limit)
	case CauseTLS:
		return tlsWords(err)
	case CauseScheme:
		if speaksHTTP(err) {
			return wordsTheyHTTP
		}
		return wordsTheyHTTPS
	case CauseMalformed:
		return malformedWords(err)
	}
	return resetWords(err)
}

func connectWords(err error) string {
	var (
		lookup *net.DNSError
		call   syscall.Errno
	)
	switch {
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return "no such host"
	case lookup != nil:
		return "the lookup of the host failed"
	case errors.As(err, &call):
		return "no connection: " + call.Error()
	}
	return "no connection could be made"
}

func timeoutWords(err error, limit time.Duration) string {
	switch {
	case errors.Is(err, ErrAttemptTimeout):
		return fmt.Sprintf("no answer within %v (MS2_ATTEMPT_TIMEOUT)", limit)
	case isDial(err):
		return "no connection in time"
	}
	return "no answer in time"
}

func tlsWords(err error) string {
	if bad := certificateError(err); bad != nil {
		return "tls: " + bound(bad.Error())
	}
	var op *net.OpError
	if isAlert(err) && errors.As(err, &op) && op.Err != nil && reflect.TypeOf(op.Err).PkgPath() == "crypto/tls" {
		return op.Op + ": " + op.Err.Error()
	}
	return "tls: the handshake failed"
}

// bound cuts the text of a certificate, which may name many hosts.
func bound(text string) string {
	const most = 200
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

func malformedWords(err error) string {
	switch {
	case errors.Is(err, errCutOff):
		return wordsCutOff
	case errors.Is(err, errTooLarge):
		return errTooLarge.Error()
	}
	return "the answer is not HTTP"
}

// resetWords says that a connection broke, or names the type of an error that is none of the network's.
func resetWords(err error) string {
	if isReset(err) {
		return wordsBroke
	}
	return fmt.Sprintf("no answer, by an error of type %T", root(err))
}

func isReset(err error) bool {
	for _, known := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, io.ErrClosedPipe, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, known) {
			return true
		}
	}
	var op *net.OpError
	text := textOf(err)
	return errors.As(err, &op) || strings.Contains(text, "http2: ") || strings.Contains(text, "stream error: ") ||
		strings.Contains(text, "http: server closed idle connection")
}

// root is the innermost of errors that wrap one another.
func root(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err
}

// otherWords says what went wrong that was not the replica's fault.
func otherWords(err error) string {
	var fault *hook.Fault
	switch {
	case errors.As(err, &fault):
		return fault.Summary()
	case errors.Is(err, transport.ErrRemoved):
		return transport.ErrRemoved.Error()
	}
	return "nobody waits for it any more"
}
