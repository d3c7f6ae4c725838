//go:build !race

package sdk_test

// played is how much a test plays: the whole, unless it runs under the race detector.
func played[T any](whole, _ T) T { return whole }
