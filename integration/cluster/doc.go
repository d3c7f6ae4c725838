// Package cluster holds tests of the SDK against registries in trouble: a cluster of real Consul agents that loses its
// leader, its quorum, its data, its tokens or a whole datacenter, while checks run and replicas come and go.
//
// Each test states what is promised as a bound, prints what was measured, and fails only at five times the bound: other
// processes share the machine. No check may fail while a healthy replica is reachable. What is printed:
//
//	go -C integration test ./cluster -v
//	go -C integration test ./cluster -v -run TestAChangeIsObeyedSoon -changes 20
//	go -C integration test ./cluster -v -run TestAnIdleWatchCostsNextToNothing -idle 60s
package cluster
