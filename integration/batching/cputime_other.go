//go:build !unix

package main

import "time"

// cpuTime is not known here, and the column shows no number.
func cpuTime() time.Duration { return 0 }
