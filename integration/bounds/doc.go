// Package bounds holds tests of what the SDK may take of MS1's memory, and of what one caller may take from the others: a
// very large call beside single checks, and a flood of SIDs that nobody knows beside those that everybody asks for.
//
// What is a number of entries, of SIDs or of bytes is asserted. What is a time is printed alone, since other processes
// share the machine. What is printed:
//
//	go -C integration test ./bounds -v
//	go -C integration test ./bounds -v -run TestALargeCall -sids 1000000 -timeout 20m
//	go -C integration test ./bounds -v -run TestAFlood -cache-entries 100000 -flood 2000000
package bounds
