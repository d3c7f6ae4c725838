// Package fleet holds tests of the client-side balancer in real time: real servers on real sockets, ten replicas of MS2
// with two slots each that run at 70 % of their capacity, asked by calls that do not wait for one another.
//
// A batch is one check here, and nothing is cached, so that checks and requests are one to one but for retries. What is
// asserted are shares of attempts and the longest neglect of a replica; everything else is printed. Two tests run at once,
// since a fleet takes a quarter of a core; to measure, run one at a time:
//
//	go -C integration test ./fleet -v -parallel 1
//	go -C integration test ./fleet -v -parallel 1 -run SeldomMet -for 60s
//	go -C integration test ./fleet -v -run TestNobodyIsStarved -for 60s -seed 7
package fleet
