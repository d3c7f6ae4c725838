//go:build !race

package sdk_test

// flood is how many SIDs a flood has.
const flood = 200_000
