//go:build !race

package health

// played is how much of a measurement is held to, whole here.
func played[T any](whole, _ T) T { return whole }
