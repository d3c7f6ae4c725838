package fleet_test

import (
	"flag"
	"testing"
	"time"

	"go.uber.org/goleak"
)

var (
	forFlag  = flag.Duration("for", 0, "how long the trouble of a test lasts; 0 means each test's own default")
	seedFlag = flag.Uint64("seed", 1, "of the calls' moments and of the replicas' health")
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lasting is how long the trouble lasts.
func lasting(byDefault time.Duration) time.Duration {
	if *forFlag > 0 {
		return *forFlag
	}
	return byDefault
}
