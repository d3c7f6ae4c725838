// Package attestation holds tests of what a flood of bad attestations takes from everybody else: keys are fetched as often as the
// cooldown allows, memory does not grow, and every token of the flood ends as it must.
//
// Counts and bytes are asserted. What is a time is printed alone, since other processes share the machine: how long other checks take
// beside a flood, and without one.
//
//	go -C integration test ./attestation -v -run Flood -flood 100000
package attestation
