// Package transport holds the connections to replicas and what they are secured with.
//
// A [Transport] is the [net/http.RoundTripper] under every request. It has a pool of connections for each address: when a
// replica is removed, what is in flight finishes, its idle connections close with it, and no new one is made to an address
// that no replica has. It is tuned for few hosts and many small calls: many idle connections, no compression, no proxy of the
// environment, no redirects; HTTP/2 where TLS negotiates it, with pings that find a silent peer.
//
// [TLSFiles] and [Token] are files that change while they are used: a renewed client certificate counts from the next
// handshake, a renewed token within ten seconds, or at once when MS2 does not take the old one. While a file is gone or half
// written the last good one stays in use.
package transport
