package delivery

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

// What may be forwarded, and what may be sent more than once.

// The reasons why a request is not forwarded.
var (
	errNoURL   = errors.New("the request has no URL")
	errConnect = errors.New("a CONNECT is not forwarded: its tunnel would belong to one replica")
	errUpgrade = errors.New("a change of protocol (Connection: Upgrade) is not forwarded: drop these fields, or ask a replica itself")
	errInvalid = errors.New("the request can't be sent: its method or a header field has a byte that HTTP does not allow")
	errTarget  = errors.New("the request can't be sent: the path of its URL must begin with /, and its query be escaped")
	errMissing = errors.New("the request can't be sent: its ContentLength is not 0, and its Body is nil")
	errFraming = errors.New("the request can't be sent: a field says how it is cut or of this hop: drop Connection (but for close or keep-alive), " +
		"Upgrade and Transfer-Encoding, and spell Content-Length and Trailer as http.Header.Set does")
)

// forwardable says what is wrong with a request, before any replica could be blamed for it.
func forwardable(req *http.Request) error {
	switch {
	case req.URL == nil:
		return errNoURL
	case req.Method == http.MethodConnect:
		return errConnect
	case upgrades(req.Header):
		return errUpgrade
	case !reachable(req):
		return errTarget
	case req.Body == nil && req.ContentLength != 0:
		return errMissing
	case frames(req.Header, true) || frames(req.Trailer, false):
		return errFraming
	case req.Method != "" && !isToken(req.Method) || !sendable(req.Header) || !sendable(req.Trailer):
		return errInvalid
	}
	return nil
}

func upgrades(h http.Header) bool {
	for name, fields := range h {
		if !strings.EqualFold(name, "Connection") {
			continue
		}
		for option := range strings.SplitSeq(strings.Join(fields, ","), ",") {
			if strings.EqualFold(strings.TrimSpace(option), "upgrade") {
				return true
			}
		}
	}
	return false
}

// reachable reports whether net/http would send the target of the request, and to us it names no other host.
func reachable(req *http.Request) bool {
	target := req.URL.RequestURI()
	return (strings.HasPrefix(target, "/") || target == "*") && !strings.ContainsFunc(target, isGap)
}

// frames reports whether fields say how a message is cut, which net/http does by itself: it leaves them out of a header, unless they
// are spelt in another case, or by HTTP/2 refuses them.
func frames(h http.Header, header bool) bool {
	for name, values := range h {
		switch canonical := http.CanonicalHeaderKey(name); canonical {
		case "Content-Length", "Transfer-Encoding", "Trailer":
			if !header || name != canonical || canonical == "Transfer-Encoding" {
				return true
			}
		case "Connection":
			if option := strings.ToLower(strings.Join(values, ",")); option != "" && option != "close" && option != "keep-alive" {
				return true
			}
		case "Upgrade":
			return true
		}
	}
	return false
}

// sendable reports whether net/http would send these fields (RFC 9110, 5.1 and 5.5).
func sendable(h http.Header) bool {
	for name, values := range h {
		if !isToken(name) || slices.ContainsFunc(values, func(v string) bool { return strings.ContainsFunc(v, isControl) }) {
			return false
		}
	}
	return true
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// isGap reports what may not stand within the first line of a request.
func isGap(r rune) bool { return r <= ' ' || r == 0x7f }

// isToken reports whether a method or a name is one (RFC 9110, 5.6.2).
func isToken(s string) bool {
	return s != "" && strings.Trim(s, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// repeats reports whether a request may be sent more than once, by the rule of net/http: its method changes nothing, or a key lets MS2
// tell that it is the same. A key of no values is the mark alone.
func repeats(req *http.Request) bool {
	if safe(req) {
		return true
	}
	_, key := req.Header["Idempotency-Key"]
	_, other := req.Header["X-Idempotency-Key"]
	return key || other
}

// safe reports whether the method asks for nothing to be changed.
func safe(req *http.Request) bool {
	switch req.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	}
	return false
}
