// Package simulate plays the balancer and its peers against fleets that exist in virtual time only.
//
// A scenario says how replicas serve (slots, a queue in front, distributions of the service time), what goes wrong with
// them (slow periods, failing fast, silence, cold starts) and how many requests come. Every policy is played the same
// requests, drawn from one seed: when each comes, how much work it is, and which of its attempts a faulty replica fails.
//
// Peers run by their rule as it stands in their source: forgetting all at a change of the set where theirs does, blind for
// weights where theirs is. They are played in two forms: as they ship, and with a breaker like ours in front of each
// replica, so that what the breaker does is not taken for what the picking does. Ours is the real balancer with its
// breakers. All get the same client around them: an attempt that failed or was refused, or took longer than 500 ms, is
// followed at once by another on a replica that was not tried yet, three at most; a check without a verdict by then counts
// as if it had taken its deadline of 2 s. Peers are told of a refusal as of a failure, which is kind to those that count
// most refusals as fast successes.
//
// The simulation is one goroutine and a heap of events. Only the adapter of our balancer needs a bubble of testing/synctest,
// whose clock it moves to the simulation's moment before each call: a run of 20,000 requests takes about a tenth of a second.
// A request that nobody waits for any more is dropped when its turn in a queue comes, and worked off when it was begun.
//
// One goroutine computes at a time, so the whole test runs this package without the race detector, which takes ten times
// as long. With it:
//
//	go test -race ./balancer/simulate
//
// Prequal's probes are answered at once, of the load of all clients: where there are many clients it is nearer to a bound
// than to a peer, so ours is also compared with the best that needs no help of the replicas. The whole table:
//
//	go test ./balancer/simulate -run TestTable -v -seeds 10 -plot DIR
//
// An earlier rule, or this one with another constant, is set beside it by
//
//	go -C integration/speed run ./rules
package simulate
