// Package attempt sends one HTTP request to one replica and says what came of it.
//
// It knows the two doors of the wire contract, which of them each replica has, and what an answer means: for the replica
// (the outcome that the balancer judges it by) and for the checks (what may be done next). It picks no replica, retries
// nothing and keeps no verdict. Rows are read from the top:
//
//	what came back                                             the replica   next
//	a well-formed answer                                       Success       Settled: the entries are the verdicts
//	429, or 503 with Retry-After                               Shed          Retry elsewhere
//	404, 405, 501 at the batch door                            Ignored       Learn: ask by the single door
//	400, 413, 422 at the batch door                            Success       Split: its parts may pass
//	404 at the single door of type urn:ms2:unknown-sid         Success       Settled if its sids name the SID: it is invalid
//	  the same that does not name the SID                      Failure       Retry elsewhere
//	404 of another kind there, under MS2_NOT_FOUND=invalid     Success       Settled: the SID is invalid
//	404 of another kind there                                  Ignored       Refused
//	401, 403, every other 4xx                                  Ignored       Refused
//	3xx, every other 5xx, a malformed or cut-off answer        Failure       Retry elsewhere
//	connect or TLS error, attempt timeout                      Failure       Retry elsewhere
//	the last caller left, or the client closes                 Ignored       GaveUp
//	a fault of the adopter's transport                         Ignored       Refused
package attempt
