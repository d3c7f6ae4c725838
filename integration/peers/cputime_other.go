//go:build !unix

package main

import "time"

// cpuTime is not known here, and what is derived from it not shown.
func cpuTime() time.Duration { return 0 }
