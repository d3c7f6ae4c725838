// Command batching sets the SDK's coalescing and batching beside what else does it, and prints ratios.
//
//	go -C integration/batching run .                everything, 20 rounds, some minutes
//	go -C integration/batching run . -run crowd     one experiment: crowd, lone or hit
//	go -C integration/batching run . -strict        exit code 1 when a target is missed
//
// Three experiments:
//
//   - crowd: 1,000 callers check 500 SIDs, without a cache, against a service that takes 1 ms. The peers are one request for
//     each check, singleflight, and the two batchers that wait for a window (dataloadgen, dataloader), at windows from
//     250 µs to their default of 16 ms; the best is the one with the highest throughput, chosen after all rounds.
//   - lone: one check on an idle client, beside a bare POST of the same body.
//   - hit: a check that is answered from memory, beside the get of the cache library.
//
// In each round all contestants run, in a new random order, one at a time, over connections of the same kind; a ratio is
// taken within a round, so that what slows the machine down for a while slows both sides. Printed are the median of the
// rounds' ratios and its confidence interval of 95 %, which assumes nothing of how they are distributed (order statistics).
// Callers and service share one process and its cores.
//
// It is a module of its own, so that nobody who imports the SDK carries the peers.
package main
