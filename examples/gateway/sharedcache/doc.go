// Package sharedcache keeps MS2's pages for all users of a gateway, as HTTP allows a shared cache (RFC 9111).
//
// # What is kept
//
// An answer to GET with status 200 that says for how long it is fresh: by s-maxage, else max-age, else Expires. A 404 is kept when it
// is public too. Nothing is kept by guessing (4.2.2). An answer that must be validated each time is kept if it has an ETag or a
// Last-Modified. Vary tells answers to one URL apart (4.1).
//
// Never kept: private or no-store answers, those with Set-Cookie, Content-Range or Vary: *, those to a request with Authorization
// unless they say public, s-maxage or must-revalidate (3.5), those whose Cache-Control does not parse, those that are cut off or larger
// than [Options.MaxBody], and all answers to requests with no-store, a Range or a body.
//
// # Attestations
//
// An answer with the header MS2-Attestation is dropped at the end of the first attestation in it, whatever Cache-Control says. It is
// not kept when one can't be read, or is bound to a user. It is never prolonged by a 304, since the attestations in it would not be.
// The signatures are MS1's to verify: a cache that did so would spare MS1 nothing.
//
// # Sharing one request
//
// Requests for a page that nobody has yet share one (golang.org/x/sync/singleflight). It goes on when who began it leaves. An answer
// that may not be kept is for who began it alone, and all others ask for their own.
//
// A stale answer is given out in place of an error where stale-if-error allows that (RFC 5861, 4), and for nothing else: neither
// stale-while-revalidate nor max-stale is honoured.
package sharedcache
