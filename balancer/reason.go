package balancer

import "time"

// Reason is a word for why a replica is in its state, or for what is the matter with one that is ready.
type Reason string

// The reasons, and which numbers of [Evidence] stand beside each.
const (
	ReasonFailuresInRow  Reason = "failures_in_row" // its breaker opened: so many requests in a row failed (InRow)
	ReasonProbeFailed    Reason = "probe_failed"    // its breaker opened again: the request that probed it failed (InRow, Probes)
	ReasonFailsMore      Reason = "fails_more"      // it answers far less than the others (Requests, Unanswered, OthersShare)
	ReasonAnswersNothing Reason = "answers_nothing" // none of its last requests, and others do (InRow and those of fails_more)
	ReasonProbeRefused   Reason = "probe_refused"   // its breaker closed, but the request that probed it was refused
	ReasonLeftOut        Reason = "left_out"        // its answers leave out too much of what was asked (as fails_more)
	ReasonShedsLoad      Reason = "sheds_load"      // it refused for load and is left alone (Rest)
	ReasonLeaving        Reason = "leaving"         // it said that it is leaving
	ReasonWeightZero     Reason = "weight_zero"     // its weight is 0
	ReasonNewcomer       Reason = "new"             // it joined and warms up
	ReasonReturned       Reason = "back"            // it is taken back into use, or warms up after that
	ReasonUnanswered     Reason = "unanswered"      // ready, but its last requests were not answered (InRow)
	ReasonOverdue        Reason = "overdue"         // ready, but what it was sent is in flight for far too long (Latency, Typical)
	ReasonSlow           Reason = "slow"            // ready, but it takes far longer than the others (Latency, Typical)
)

// Evidence is the numbers behind a [Reason]. What does not apply to it is 0.
type Evidence struct {
	InRow       int64         // requests in a row that were not answered
	Probes      int64         // that failed since the breaker opened
	Requests    float64       // that were looked at
	Unanswered  float64       // of those, parts summed up
	OthersShare float64       // that the other replicas did not answer of theirs, in the median, 0 to 1
	Latency     time.Duration // of the last answer that was slow; for overdue, the mean age of what is in flight
	Typical     time.Duration // of one at the other replicas, in the median; for overdue, what is usual here
	Rest        time.Duration // for which the replica is still left alone: until its rest is over, or the next probe or trial
}
