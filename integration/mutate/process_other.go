//go:build !unix

package main

import "os/exec"

// limitMemory does nothing: only Unix limits the memory of a process so.
func limitMemory() {}

// killWhole does nothing: the end of the context kills the command, and what it started may stay.
func killWhole(*exec.Cmd) {}
