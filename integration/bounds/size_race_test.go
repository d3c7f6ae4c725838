//go:build race

package bounds_test

// Fewer under the race detector, which makes each check ten times as dear.
const (
	defaultSIDs  = 20_000
	defaultFlood = 40_000
)
