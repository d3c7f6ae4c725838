//go:build race

package sdk_test

// flood is how many SIDs a flood has: fewer under the race detector, which makes each ten times as dear.
const flood = 20_000

// codeStep is of how many statuses one is tried, beside one of each row, for the same reason.
const codeStep = 5
