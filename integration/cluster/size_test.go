//go:build !race

package cluster_test

// churnChanges is how many changes are made to a service in constant change: 20 s of them.
const churnChanges = 1000
