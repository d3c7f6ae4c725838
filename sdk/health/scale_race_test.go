//go:build race

package health

// played is how much of a measurement is held to, part of it here: the race detector takes its time.
func played[T any](_, part T) T { return part }
