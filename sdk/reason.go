package sdk

// Reason is a word for what is the matter, the same in [Stats], in the log and in the runbook (sdk/health/README.md), which says of each
// what to do. It is for alarms and boards: it does not change when a sentence does.
type Reason string

// Why a replica is in its state, or is not all right though it is ready.
const (
	ReasonFailuresInRow  Reason = "failures_in_row" // its breaker opened: so many requests failed one after the other
	ReasonProbeFailed    Reason = "probe_failed"    // its breaker opened again: the request that probed it failed
	ReasonFailsMore      Reason = "fails_more"      // it fails or refuses far more of its requests than the others
	ReasonAnswersNothing Reason = "answers_nothing" // it answered none of its last requests, and others answer
	ReasonProbeRefused   Reason = "probe_refused"   // its breaker closed, but the request that probed it was refused
	ReasonLeftOut        Reason = "left_out"        // its answers lack verdicts, or the answer that tried it did
	ReasonShedsLoad      Reason = "sheds_load"      // it refused for load, and is left alone for a time
	ReasonLeaving        Reason = "leaving"         // it said that it is leaving
	ReasonWeightZero     Reason = "weight_zero"     // its weight is 0: the last choice
	ReasonNewcomer       Reason = "new"             // it joined a moment ago, and warms up
	ReasonReturned       Reason = "back"            // it is taken back into use, and warms up
	ReasonUnanswered     Reason = "unanswered"      // its last requests were not answered, which is held against none while no other does better
	ReasonOverdue        Reason = "overdue"         // what it was sent takes far longer than it used to
	ReasonSlow           Reason = "slow"            // it takes far longer than the others
)

// What went wrong with an attempt: the cause beneath the others.
const (
	ReasonRefusedConnection Reason = "connection_refused" // nothing listens at its address
	ReasonConnect           Reason = "connect"            // no connection could be made for another reason
	ReasonReset             Reason = "reset"              // the connection broke before the answer
	ReasonTimeout           Reason = "timeout"            // no answer within MS2_ATTEMPT_TIMEOUT
	ReasonTLS               Reason = "tls"                // the handshake failed: certificate, name or authority
	ReasonScheme            Reason = "scheme"             // it speaks https and we http, or the reverse (MS2_SCHEME)
	ReasonStatus            Reason = "status"             // an answer of 500 or above, or one that asks to be repeated
	ReasonRedirect          Reason = "redirect"           // an answer that points elsewhere
	ReasonMalformed         Reason = "malformed"          // an answer that can't be believed
	ReasonToken             Reason = "token"              // 401: the bearer token is missing, wrong or expired
	ReasonForbidden         Reason = "forbidden"          // 403: the token is good, and not for this
	ReasonRefused           Reason = "refused"            // another status of 400 to 499
	ReasonNoResult          Reason = "no_result"          // 200 without the results that were asked for
	ReasonShed              Reason = "shed"               // 429, or 503 with Retry-After
	ReasonHook              Reason = "hook"               // code of the adopter's failed
)

// Why checks fail; beside them stand [ReasonRefused] and [ReasonHook].
const (
	ReasonNoReplicas  Reason = "no_replicas"  // [ErrNoReplicas]
	ReasonCircuitOpen Reason = "circuit_open" // [ErrCircuitOpen]
	ReasonOverloaded  Reason = "overloaded"   // [ErrOverloaded]
	ReasonDeadline    Reason = "deadline"     // the caller's time, or MS2_TIMEOUT, was over
	ReasonCanceled    Reason = "canceled"     // the caller left
	ReasonUpstream    Reason = "upstream"     // the replicas that were asked failed
	ReasonClosed      Reason = "closed"       // the client was closed
)

// What is wrong with the whole, beside why checks fail.
const (
	ReasonPanicking       Reason = "panic"            // less than half of the replicas are healthy: all others get traffic, too
	ReasonUnconfirmed     Reason = "unconfirmed"      // the set of replicas can't be confirmed
	ReasonSourceEnded     Reason = "source_ended"     // the source of replicas ended for good
	ReasonBudgetExhausted Reason = "budget_exhausted" // no budget is left for extra attempts
	ReasonOneAddress      Reason = "one_address"      // a single address stands for all replicas: there is no second choice
	ReasonDropped         Reason = "dropped"          // discovery leaves out instances of the set, and says why
	ReasonKeys            Reason = "keys_unconfirmed" // the keys of attestations can't be confirmed: in the end no token counts
)
