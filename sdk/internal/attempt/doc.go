// Package attempt sends one HTTP request to one replica and tells what its answer means.
//
// There are two doors: the batch door takes many SIDs in a POST, the single door one in a GET. The package learns which of
// them each replica has. It picks no replica, retries nothing and keeps no verdict.
//
// A verdict of either sign names its SID in the body: a result of the batch door by its sid, a 200 of the single door at
// [Options].SIDAt, a 404 in the sids of its problem details. A status alone proves nothing: a login page answers every path
// with 200, a wrong path every SID with 404. The one exception is [Options].BareNotFound, which the operator sets, and which
// counts only while the replica calls a SID valid that it called valid before.
//
// How long a verdict may be reused comes from the result's ages by the batch door and from Cache-Control by the single one,
// less the Age header by either. Where Cache-Control does not parse, its stricter reading counts.
//
// What an answer means for the replica (the outcome that the balancer judges it by) and for the checks (what may be done
// next), rows read from the top:
//
//	what came back                                             the replica   next
//	a well-formed answer                                       Success       Settled: the entries are the verdicts
//	  items that it left out, a part of them or all            as Refused    Refused: what others say decides
//	429, or 503 with Retry-After                               Shed          Retry elsewhere
//	401, 403                                                   Refused       Refused; Renewed when the token's file changed
//	404, 405, 501 at the batch door                            Refused       Learn: ask by the single door
//	  the same under MS2_PROTOCOL=batch                        Refused       Refused
//	400 of a server that speaks https, where we speak http     Failure       Retry elsewhere
//	400, 413, 422 at the batch door                            Refused       Refused
//	  the same that names some of the items                    Success       Refused for those; the others may be answered
//	404, 410 at the single door of type urn:ms2:unknown-sid    Success       Settled if its sids name the SID: it is invalid
//	  the same that does not name the SID                      Failure       Retry elsewhere
//	404, 410 of another kind there                             Refused       Refused
//	  the same under MS2_NOT_FOUND=invalid, with a control     Success       Confirm: invalid if the control is valid, and it again
//	408, 421, 425                                              Failure       Retry elsewhere
//	every other 4xx                                            Refused       Refused
//	504 once the time that the replica was told has passed     Ignored       Retry elsewhere
//	3xx, every other 5xx, a malformed or cut-off answer        Failure       Retry elsewhere
//	connect or TLS error, attempt timeout                      Failure       Retry elsewhere
//	http where we speak https                                  Failure       Retry elsewhere
//	the last caller left, or the client closes                 Ignored       GaveUp
//	a fault of the adopter's transport                         Ignored       Faulted
//
// A request that is no check is sent by [Sender.Forward]:
//
//	429, or 503 with Retry-After                               Shed          Retry elsewhere
//	501, 505                                                   Refused       Settled
//	every other answer below 500, to the end of its body       Success       Settled
//	every other 5xx, a 101, a small answer that is cut off     Failure       Retry elsewhere
//
// A [Cause] says in a word what went wrong, [Reply.Summary] in a sentence that may be shown to anybody.
package attempt
