package sdk

import (
	"strings"
	"testing"
)

func TestTheReplicaThatIsNamedAsOutIsTheOneThatIs(t *testing.T) {
	s := Stats{Replicas: []ReplicaStats{
		{ID: "a", State: "ready", Breaker: "closed", Reason: ReasonFailsMore, Why: "would be ejected"},
		{ID: "b", State: "broken", Breaker: "open", Reason: ReasonProbeFailed, Why: "the probe failed"},
	}}
	s.diagnose(nil)
	if !strings.HasPrefix(s.Summary, "1 of 2 replicas is out (b: the probe failed)") {
		t.Errorf("%q", s.Summary)
	}
}
