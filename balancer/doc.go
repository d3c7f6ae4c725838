// Package balancer picks the replica for the next request.
//
// A [Balancer] is told of instances by [Balancer.Update], hands out a [Lease] by [Balancer.Pick] and learns how it went by
// [Lease.Done]. It knows no HTTP and no registry, keeps no goroutine and no timer, and waits for no lock on the way of a pick,
// but for one in a second, or 20 while a replica does not answer, which looks for outliers. All of it may be called
// concurrently.
//
// # How it picks
//
// Power of two choices: two distinct replicas are drawn at random, by weight, and the one that costs less gets the request.
// Where speed tells the two apart they leave no choice, and the cheaper is held against a third. The cost is the work in
// flight, relative to the weight, times the latency as far as it is remembered (a geometric mean; up to twice as long counts as
// equal, 1.5 times where answers are many), times a penalty when many of the recent requests failed, were refused or were
// answered in part. Neither makes a replica cheaper, however fast it comes. The first draw wins all but clear differences, so
// that equal replicas share by their weights: within 5 % when traffic is thin, 7 % when it is heavy, 18 % when about as many
// requests are in flight as there are replicas.
//
// With [Options.Zone] two of the own zone are compared first, and the better with one of all: what is elsewhere must cost
// less than a third.
//
// # Who is left out
//
//   - Hard: a replica whose circuit breaker is open. After [Options.Open] one request probes it; the picker hands that
//     request out by itself, so that a replica which looks expensive is probed all the same.
//   - As asked: a replica that refused for load rests for as long as it said, at most 5 s, or for 100 ms if it
//     did not. While it goes on and others answer it rests longer than that, twice as long each time, softly.
//   - Soft: an outlier, which answers far less than the median, for 2 s and up to 30 s in a row, until one request is answered;
//     a replica that is leaving (draining); one of weight 0, the last choice. Outliers and what is leaving are at most
//     [Options.MaxEjected] of the fleet, but one outlier always may be out. They are picked when nothing else is left, and when
//     less than half of the fleet is fit, but for the last choice and what answers nothing ([Balancer.Panic]).
//
// The fleet is measured by weight: a replica of weight 0 is no part of it, and one that answers nothing is none any more.
//
// A refusal is held against a replica only while others answer: several in a row are compared at once. Where all refuse alike
// the fault is the request's. Then none is taken out, who was is back, and nothing of it is remembered once one answers.
//
// A replica that failed a request already is avoided for its retries while another is untried.
//
// # What is told of it
//
// [Balancer.Stats] gives each replica's state with a [Reason] and its numbers, and for one that is ready what is the matter all
// the same. [Options.OnChange] is told when a replica is judged out by its breaker or as an outlier, when it is back, and of what
// happens in between; [Options.OnPanic] when too few are fit. [Balancer.Totals] outlive the replicas that they count.
//
// # Who comes slowly
//
// A replica that joins others, or is back, begins with a tenth of its weight, which grows to all of it in [Options.WarmUp], in
// a straight line.
// What it takes meanwhile is not held against it: it is cold. One that costs much is asked now and then all the same, since
// nothing else would tell that it has healed.
//
// # Identity
//
// Statistics belong to an instance's ID. An update keeps them for the IDs that stay, whatever else of the instance changed; an
// ID that leaves and returns starts as a newcomer. Leases of a removed replica finish undisturbed, and no pick waits for an
// update.
package balancer
