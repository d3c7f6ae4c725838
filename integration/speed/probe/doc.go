// Command probe runs one experiment against the tree that it is built with, and prints its figures.
//
//	echo | go -C integration/speed run ./probe hit 7    a check that is answered from the cache, with the seed 7
//
// The experiments are those in the package comment of integration/speed, whose command builds this program. For each line
// that it reads it measures one slice, and prints lines of a figure's name and a number, then an empty one:
//
//	hit 143.2
//	hit.allocations 0
//
// Between slices it waits, so that two probes can take turns; the first slice is a warm-up that the reader leaves out. A
// slice repeats the measurement and prints the median of the repetitions, so that a moment in which the machine is busy
// with something else does not show.
//
// It may import the standard library and the public packages of ms2.internal/lb, and use of them what the earliest
// commit that one compares with has: the same sources are compiled against both trees.
package main
