//go:build !race

package bounds_test

// How many SIDs the large call and the flood have, unless flags say otherwise.
const (
	defaultSIDs  = 100_000
	defaultFlood = 200_000
)
