// Command speed sets the present tree beside an earlier commit of the same repository, and prints how their speeds compare.
//
//	go -C integration/speed run .                   beside fe501b0, 20 rounds or more of each experiment
//	go -C integration/speed run . -beside HEAD~3    beside another commit
//	go -C integration/speed run . -run hit          one experiment: hit, lone, pick or crowd
//	go -C integration/speed run . -strict           exit code 1 when a target is missed or a figure stays unsure
//
// Four experiments:
//
//   - hit: a check that is answered from the cache, in ns, and its allocations.
//   - lone: one check at a time on an idle client without a cache, in µs.
//   - pick: a pick and its outcome, of a balancer with 10 replicas, in ns.
//   - crowd: 1,000 callers check 500 SIDs, without a cache, against a service that takes 1 ms. What counts is the time of
//     a core for each check, callers and service together; the throughput is printed beside it.
//
// One program, the probe in the folder of that name, is built twice: against the working tree, changes that are not
// committed included, and against a temporary git worktree of the earlier commit, which is removed at the end. It uses the
// public packages only, so that it compiles against both.
//
// In each round both builds are started, warmed up, and take turns in slices of some milliseconds (the crowd's take tenths
// of a second), in random order; one waits while the other measures. A ratio is taken slice by slice and a round's is
// their median: what slows the machine down for a while slows both. Printed are the median of the rounds' ratios and its
// confidence interval of 95 %, which assumes nothing of how they are distributed (order statistics). An experiment goes on
// until its interval is narrower than 0.05, or until it had -most rounds. A target is met when the upper end of the
// interval is within it. On an idle machine it takes some minutes; on a busy one the crowd alone may take ten.
//
// Beside HEAD, with nothing changed, both builds are the same program, byte for byte: the intervals must then contain 1.
// Two builds of different code may differ by a percent or two through where the linker places it.
package main
