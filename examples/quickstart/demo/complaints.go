package demo

import (
	"slices"
	"time"
)

// unasked is how long a replica that came back may go without a request; its breaker takes two seconds of them.
const unasked = 3 * time.Second

// complaints are all that is wrong or missing, each in a line of words. There are none when all was well.
func (r report) complaints() []string {
	all := slices.Clone(r.orders.Mishaps)
	for _, c := range []struct {
		when bool
		what string
	}{
		{r.orders.Posted == 0, "no order was posted"},
		{r.inVain(), "no attestation was believed; MS1's /stats says why, at attestations"},
		{r.ignored(), "the replica that came back was not picked any more"},
	} {
		if c.when {
			all = append(all, c.what)
		}
	}
	if r.err != nil {
		all = append(all, r.err.Error())
	}
	return all
}

// inVain reports whether orders came with attestations and none was believed.
func (r report) inVain() bool { return r.orders.Attested > 0 && r.stats.Checks.Attested == 0 }

// ignored reports whether the replica that came back had time to get requests, and got none.
func (r report) ignored() bool {
	return r.returned > 0 && r.took-r.returned >= unasked && r.replicas[victim].asked() == 0
}
