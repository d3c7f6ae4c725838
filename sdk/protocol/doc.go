// Package protocol is the wire between MS1, which asks whether SIDs are valid, and MS2, which knows.
//
// # For an MS2 team
//
// Implement [Store] over your own data: one method, one query for a whole batch. Mount [NewHandler] at the root of your
// server, and call [Handler.Drain] on SIGTERM some seconds before you shut down:
//
//	handler := protocol.NewHandler(store, protocol.HandlerOptions{
//		MaxAge:       time.Minute,          // how long a client may believe "valid" without asking again
//		StaleIfError: 10 * time.Minute,     // and for how much longer while no replica can be asked
//		Token:        os.Getenv("TOKEN"),   // "" leaves the doors open to everybody
//		MaxInFlight:  256,                  // one more is told to go elsewhere
//	})
//	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second}
//
// It opens two doors and a health check:
//
//   - the batch door, POST [PathBatch]: up to [MaxItems] SIDs, a result for each;
//   - the single door, GET [PathSingle]: one SID, with ETag, If-None-Match and Cache-Control (RFC 9110, 9111, 5861);
//   - GET [PathHealth] for the registry's check: 503 from Drain on, or while HandlerOptions.Health fails.
//
// The handler reads and holds the limits, obeys [HeaderTimeout] through the context that the store is given, compares
// tokens in constant time, survives a panic, and answers every error with problem details (RFC 9457). What a store's
// error says goes to the log and never into an answer. An MS2 in another language finds all of this in [OpenAPI].
//
// # Answers a client can rely on
//
// A valid SID is one the store knows and has not retired. Every other well-formed one is invalid: a result of
// [StatusInvalid] at the batch door, a 404 of type [ProblemUnknownSID] that names it at the single one. Any other 404 says
// nothing of the SID. [StatusUnchanged] answers only an item that named the version which still holds.
//
// Ages are whole seconds from when the request was sent, and absent means: do not keep it. A replica that is busy answers
// 429, one that can't answer just now 503, both with Retry-After; one that is about to leave says so in [HeaderDraining].
//
// # For a client
//
// [AppendRequest] and [DecodeResponse] are the hot path of both directions: no reflection, few allocations, strict about the
// shape. [CheckSID] refuses before the network what MS2 would refuse. Nothing in this package panics on what it reads,
// and all of it is safe for concurrent use.
package protocol
