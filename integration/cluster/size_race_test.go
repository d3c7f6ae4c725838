//go:build race

package cluster_test

// churnChanges is fewer under the race detector, which makes reading 500 instances ten times as dear: 7 s of changes.
const churnChanges = 350
