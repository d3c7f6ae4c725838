// Command rules sets the rule of picking beside variants of itself, in the simulation of balancer/simulate: the working tree's
// beside an earlier commit's, or beside itself with a constant replaced.
//
//	go -C integration/speed run ./rules -seeds 50 -first 5000 -peers 10         beside fe501b0, and beside its peers
//	go -C integration/speed run ./rules -beside HEAD~3 -only antagonist         beside another commit, some scenarios
//	go -C integration/speed run ./rules -without 'load.go:failureCost=0'        beside the rule with another constant
//	go -C integration/speed run ./rules -without 'zone.go:crossingFactor=1' -without 'zone.go:crossingFactor=10' -only zones
//
// The working tree's simulation is built for each, with the files of balancer/ read from elsewhere, so that what differs is
// the rule. What an earlier balancer does not know is mapped to the nearest: a refusal is ignored by one that knows none.
//
// Each is played the same requests, seed by seed. Printed is the ratio of p50, p99 and p99.9 in each scenario, the working
// tree ÷ the other: the median of the seeds' ratios and its confidence interval of 95 %, which assumes nothing of how they are
// distributed. Below stand the geometric means over the scenarios. Marked are
//
//	!   worse: the interval of the ratio is above 1
//	!!  worse beyond doubt: the figures' own intervals do not overlap either
//	*   better: the interval of the ratio is below 1
//
// Beside peers stands the best one that asks nothing of the replicas, as it ships and with our breaker in front of each
// replica, and a ! where it is ahead by more than 3 %. Play with seeds below 5000: the rule was tuned on none from there on.
//
// 50 seeds of two rules and 10 of the peers take about ten minutes on two idle cores.
package main
