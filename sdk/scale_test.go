//go:build !race

package sdk_test

// flood is how many SIDs a flood has.
const flood = 200_000

// codeStep is of how many statuses one is tried, beside one of each row.
const codeStep = 1
