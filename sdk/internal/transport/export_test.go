package transport

import (
	"net"
	"net/http"
	"sync/atomic"
)

// RemovedHost is a host that was removed after a request had found it.
func RemovedHost() http.RoundTripper {
	h := newHost(&http.Transport{DialContext: (&net.Dialer{}).DialContext}, &atomic.Bool{})
	h.remove()
	return h
}
