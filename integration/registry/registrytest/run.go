package registrytest

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// Run runs the tests, or, in a process that the tests started, a replica. It does not return.
func Run(m *testing.M) {
	if addr := os.Getenv(replicaAddr); addr != "" {
		os.Exit(serve(addr))
	}
	goleak.VerifyTestMain(m)
}
