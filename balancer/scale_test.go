//go:build !race

package balancer

// Played is how much a test plays: the whole, unless it runs under the race detector.
func Played[T any](whole, _ T) T { return whole }
