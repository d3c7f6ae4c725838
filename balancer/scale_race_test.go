//go:build race

package balancer

// Played is how much a test plays: a part under the race detector, since one goroutine drives most tests of this package.
func Played[T any](_, part T) T { return part }
