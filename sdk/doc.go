// Package sdk checks SIDs against the replicas of service MS2, from inside the process that needs to know.
//
// Data of MS2 reaches a service through a browser, so it must be checked before it is persisted: does MS2 know this
// product SID, this vendor SID, and hold it for genuine? A [Client] answers that. Make one, share it, ask it:
//
//	cfg, err := sdk.ConfigFromEnv() // no variable needed: Consul on this machine, service "ms2"
//	...
//	client, err := sdk.New(cfg)
//	...
//	defer client.Close()
//
//	v, err := client.Validate(ctx, "usb:046d:c52b", sdk.OfKind("product"))
//	switch {
//	case errors.Is(err, sdk.ErrMalformedSID), errors.Is(err, sdk.ErrForged): // answer 422 and persist nothing
//	case err != nil: // could not be checked: answer 503 and persist nothing
//	case !v.Valid:   // MS2 does not know it as a product: answer 422 and persist nothing
//	default:         // genuine
//	}
//
// Many SIDs at once go by [Client.ValidateAll]. An error always means "could not be answered"; it is never a verdict. Say what each
// SID must be, by [Check] or [OfKind]: else a vendor's SID in the place of a product's is as genuine. Whether this product is of that
// vendor is the service's own to check.
//
// # Without a request
//
// MS2 may sign that a SID is valid until a time. The token travels with the data through the browser, the caller gives it to the check
// ([AttestedBy]), and a client that has a verifier ([WithAttestations]) answers by it, [Attested] and without a request. A token that
// can't be judged changes nothing: MS2 is asked. A forged one is [ErrForged]. What MS2 says later counts more than what it signed:
// a SID that was invalidated since, or of which MS2 has said something else, is asked about.
//
// # What a check costs
//
// A verdict that MS2 lets us believe is answered from memory: no request and no allocation. Else the checks of one SID
// share one request, and the checks of many SIDs travel in one batch: an idle line sends at once, a busy one gathers
// what comes while requests are under way. No timer delays a check. How many requests may be under way is found by
// trying, up to MS2_BATCH_INFLIGHT. A call for very many SIDs gathers apart, and leaves half of the line to others.
//
// A SID that makes MS2 fall over fails alone: a batch that two attempts fell over with goes on in parts, and counts
// against no circuit breaker.
//
// # What stands between a check and an outage
//
// Replicas are found in Consul (or given, or told by a [discovery.Source] of your own). Each batch goes to the cheaper of
// two drawn at random; every replica sits behind a circuit breaker; a failed attempt goes on to another replica, inside
// the caller's deadline and out of one budget for all extra requests (20 % of batches and 10 a second), so that an outage
// is never amplified. When asking fails, or the caller's time runs short, a verdict that MS2 lets us use on errors is answered
// as [Stale].
//
// A replica that answers, but with no verdict (401, 404, an empty result), may be right or may be something else than MS2. So
// another is asked, best one that brought a verdict a moment ago: if it answers, that stands, and the refuser is left out for a
// time; if it refuses alike, so does MS2. What was agreed is not asked again for a second: an expired token, or a flood of
// SIDs that are refused, costs one request more a second.
//
// A failing registry changes nothing: the last good set of replicas stays in use, and [Stats] say so.
//
// # Defaults
//
// A check takes at most 2 s, an attempt 500 ms. A breaker opens after 5 failures in a row, for 2 s. 100,000 verdicts are
// kept. All of it is in [Config], a field and a variable of the environment for each.
//
// # Watching it
//
// [Client.Stats] says in one sentence whether all is well, lists what is wrong, the worst first, and shows the numbers of each replica.
// The package health serves it as a page, and its runbook (sdk/health/README.md) explains each word. The log ([WithLogger]) says once that
// something goes wrong, and once that it is over, in at most 20 lines a minute. Neither holds a SID or a secret.
//
// # Beside it
//
// [Client.RoundTripper] sends any other request to MS2 by the same balancer, breakers and budget, such as those of a reverse proxy in
// front of its data.
//
// The package middleware below checks the SIDs of HTTP requests before your handler sees them; the module attest signs and verifies
// attestations; health serves [Stats] and readiness over HTTP; sdktest gives your tests a client with an MS2 in the
// same process; protocol is the wire contract, and the handler that an MS2 team mounts.
package sdk
