// Package balancer picks the replica for the next request.
//
// A [Balancer] is told of instances by [Balancer.Update], hands out a [Lease] by [Balancer.Pick] and learns how it went
// by [Lease.Done]. It knows no HTTP and no registry, keeps no goroutine and no timer, and takes no lock on the way of a
// pick. All of it may be called concurrently.
//
// # How it picks
//
// Power of two choices: two distinct replicas are drawn at random, the first by weight, and the one that costs less
// gets the request. The cost is the work in flight, relative to the weight, times the latency as far as it is
// remembered (a geometric mean, which a few stalls do not move; up to twice as long counts as equal), times a penalty when many of the recent requests failed. The first draw wins all but clear differences, so
// that equal replicas share by their weights: within 2 % when traffic is thin, 6 % when it is heavy, 15 % when about as
// many requests are in flight as there are replicas, since whole requests do not divide by weight.
//
// # Who is left out
//
//   - Hard: a replica whose circuit breaker is open. After [Options.Open] one request probes it; the picker hands that
//     request out by itself, so that a replica which looks expensive is probed all the same.
//   - As asked: a replica that refused for load rests for as long as it said, at most [Options.MaxRest].
//   - Soft: a replica that is leaving (draining) or has weight 0 is picked only when nothing else is left.
//
// A replica that failed a request already is avoided for its retries while another is untried.
//
// # Identity
//
// Statistics belong to an instance's ID. An update keeps them for the IDs that stay, whatever else of the instance
// changed; an ID that leaves and returns starts as a newcomer. Leases of a removed replica finish undisturbed.
package balancer
