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
// It opens two doors, a health check and, with an [Attester], a key set:
//
//   - the batch door, POST [PathBatch]: up to [MaxItems] SIDs, a result for each;
//   - the single door, GET [PathSingle]: one SID, with ETag, If-None-Match and Cache-Control (RFC 9110, 9111, 5861);
//   - GET [PathKeys], by whose keys attestations are checked;
//   - GET [PathHealth] for the registry's check: 503 from Drain on, or while HandlerOptions.Health fails.
//
// The handler reads and holds the limits, obeys [HeaderTimeout] through the context that the store is given, compares
// tokens in constant time, survives a panic, and answers every error with problem details (RFC 9457). What a store's
// error says goes to the log and never into an answer. An MS2 in another language finds all of this in [OpenAPI].
//
// # Attestations spare the request
//
// An attestation is a short-lived signed token which says that SIDs are valid. It travels with the data, through the browser, and
// MS1 verifies it with MS2's public keys and asks nobody. Set HandlerOptions.Attester to the Signer of the module sdk/attest, and
// both doors attest what is valid to those who ask, by [HeaderAttest] or [Request].Attest. Most come from your own endpoints,
// beside the data that they are for:
//
//	func (s *server) product(w http.ResponseWriter, r *http.Request) {
//		p := s.find(r)
//		err := protocol.Attach(w.Header(), s.signer, userOf(r), protocol.Attested{SID: p.SID, Kind: "product", Version: p.Version})
//		if err != nil {
//			s.log.Error("attesting failed", "error", err) // the page works without: MS1 asks
//		}
//		...
//	}
//
// A page sends back in [HeaderAttestation] those of the SIDs that it names. A list of more than [MaxAttestations] carries them in
// its body, made by [Attest]. With a subject they are bound to that user, and no cache may give the answer to another. Attest only
// what you would answer as valid at this moment.
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
