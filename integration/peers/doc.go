// Command peers sets the balancer's pick and outcome beside those of the pickers that others use, and prints what each
// costs.
//
//	go -C integration/peers run -tags no_k8s .                       20 rounds at 10, 100 and 1,000 replicas, 2 minutes
//	go -C integration/peers run -tags no_k8s . -replicas 3,50        other numbers of replicas
//	go -C integration/peers run -tags no_k8s . -only ours,floor      some of the rules, by words of their names
//	go -C integration/peers run -tags no_k8s . -cpuprofile cpu.out   where the time goes; the label rule tells them apart
//	go -C integration/peers run -tags no_k8s . -strict               exit code 1 when a target is missed
//
// What runs is the peers' own code, in the versions that go.mod pins: grpc-go's round_robin, least_request and
// weighted_round_robin, and go-zero's p2c, out of grpc-go's registry of balancers and over connections that are ready
// and lead nowhere; Kratos's p2c over its own ewma nodes; httplb's power of two and least loaded. Beside them stands the
// floor: a choice by latency and work in flight with nothing around it. Ours runs under harder conditions too: outcomes that
// fail, unequal weights, a replica whose breaker is open, a zone that is preferred.
//
// In each round all rules run at each number of replicas, in a new random order, one at a time, alone and on all cores;
// a ratio is taken within a round. Printed are nanoseconds a decision, a pick and its outcome (on all cores: the time
// that passed ÷ the decisions of all), as the median of the rounds and its confidence interval of 95 %, which assumes
// nothing of how they are distributed (order statistics).
//
// One decision follows the other here, which flatters those who take in an answer only now and then: ours once a
// millisecond for each replica, Kratos, whose weight may be 5 ms old. The columns called thin are therefore of a few
// decisions at a time, so far apart that nothing that is kept is fresh; caches that went cold meanwhile are part of it.
//
// It is a module of its own, so that nobody who imports the balancer carries the peers. The first build takes minutes:
// go-zero's picker comes with all of go-zero's RPC. The tag leaves out its Kubernetes client, three fifths of
// the source; the figures do not depend on it.
package main
