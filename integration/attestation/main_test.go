package attestation_test

import (
	"flag"
	"testing"

	"go.uber.org/goleak"
)

var floodFlag = flag.Int("flood", 2000, "how many tokens of each kind are thrown at the client")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
