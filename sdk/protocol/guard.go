package protocol

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"
)

// guard puts before a door what both share: the token, the methods, the limit of requests in flight, the time left.
func (h *Handler) guard(next door, methods ...string) door {
	return func(w http.ResponseWriter, r *http.Request) *Problem {
		if p := h.authorize(w, r); p != nil {
			return p
		}
		if p := allow(w, r, methods...); p != nil {
			return p
		}
		defer h.inFlight.Add(-1)
		if n := h.inFlight.Add(1); h.opts.MaxInFlight > 0 && n > int64(h.opts.MaxInFlight) {
			return comeBack(w, http.StatusTooManyRequests, "this replica is busy")
		}
		return withinTime(next, w, r)
	}
}

// digest stands for a token where tokens are compared: digests are of one length, so that neither the content nor the
// length of the right one shows in the time that a comparison takes.
type digest [sha256.Size]byte

func digestOf(token string) digest { return sha256.Sum256([]byte(token)) }

// authorize asks for the bearer token, when there is one (RFC 6750, 2.1 and 3).
func (h *Handler) authorize(w http.ResponseWriter, r *http.Request) *Problem {
	if h.opts.Token == "" {
		return nil
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return challenge(w, `Bearer realm="ms2"`, "a bearer token is needed")
	}
	got := digestOf(strings.TrimLeft(token, " "))
	if subtle.ConstantTimeCompare(got[:], h.token[:]) == 0 {
		return challenge(w, `Bearer realm="ms2", error="invalid_token"`, "the bearer token is not the right one")
	}
	return nil
}

func challenge(w http.ResponseWriter, challenge, detail string) *Problem {
	w.Header().Set("WWW-Authenticate", challenge)
	return &Problem{Status: http.StatusUnauthorized, Detail: detail}
}

// allow refuses every method but the given ones (RFC 9110, 15.5.6).
func allow(w http.ResponseWriter, r *http.Request, methods ...string) *Problem {
	if slices.Contains(methods, r.Method) {
		return nil
	}
	w.Header().Set("Allow", strings.Join(methods, ", "))
	return &Problem{Status: http.StatusMethodNotAllowed}
}

// comeBack is a problem that another try may not meet: after a second here, at once at another replica.
func comeBack(w http.ResponseWriter, status int, detail string) *Problem {
	w.Header().Set("Retry-After", "1")
	return &Problem{Status: status, Detail: detail}
}
