package service

import (
	"net/http"
	"net/http/httputil"
	"strings"

	"ms2.internal/lb/examples/login"
)

// clean takes from a request what its sender must not say: all fields that only MS2, MS1 or a gateway may set, in any spelling, trailers,
// the wish to speak another protocol, and a key that tells orders apart: MS1 knows of none, and net/http sends a request with one twice
// where a connection breaks. httputil has taken the fields of this hop, and Forwarded.
//
// The user is taken from the request as it came: where Connection names that field, it was dropped as one of this hop (golang/go 50580).
func clean(r *httputil.ProxyRequest) {
	for name := range r.Out.Header {
		if forged(name) {
			delete(r.Out.Header, name)
		}
	}
	for _, name := range []string{"Connection", "Upgrade", "Te", "Idempotency-Key", "X-Idempotency-Key"} {
		r.Out.Header.Del(name)
	}
	r.Out.Trailer = nil
	if r.Out.Body != nil {
		r.Out.Body = upload{r.Out.Body}
	}
	if user := r.In.Header.Values(login.Header); len(user) > 0 {
		r.Out.Header[http.CanonicalHeaderKey(login.Header)] = user
	}
}

// forged reports whether a field is one that a browser may not set. Servers that take - and _ for the same are common, so all but
// letters and digits is the same here.
func forged(name string) bool {
	name = strings.Map(plain, name)
	return strings.HasPrefix(name, "ms2-") || strings.HasPrefix(name, "x-forwarded") ||
		name == strings.ToLower(login.Header) // put back in its own spelling
}

func plain(r rune) rune {
	switch {
	case r >= 'A' && r <= 'Z':
		return r - 'A' + 'a'
	case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
		return r
	}
	return '-'
}
