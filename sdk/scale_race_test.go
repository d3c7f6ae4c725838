//go:build race

package sdk_test

// played is how much a test plays: a part under the race detector, which looks at how goroutines meet and not at how often,
// and makes each check ten times as dear.
func played[T any](_, part T) T { return part }
