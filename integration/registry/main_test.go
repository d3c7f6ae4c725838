package registry_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain runs the tests, or, in a process that the tests started, a replica.
func TestMain(m *testing.M) {
	if addr := os.Getenv(replicaAddr); addr != "" {
		os.Exit(serveReplica(addr))
	}
	goleak.VerifyTestMain(m)
}
