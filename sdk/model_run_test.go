package sdk_test

import (
	"flag"
	"fmt"
	"testing"
	"testing/synctest"
)

var (
	sequencesFlag = flag.Int("sequences", played(3000, 300), "how many sequences TestModelAllowsEveryVerdict runs")
	seedFlag      = flag.Uint64("seed", 0, "the only sequence or interleaving to run; 0 for all")
)

// TestModelAllowsEveryVerdict runs random sequences of checks, invalidations, answers out of order, errors, expiry and jumps
// of the clock, and has an oracle of the freshness rules judge what they brought. A sequence depends on its seed, but for
// the client's own chance: the pauses between its attempts, the replica that it picks, and the order of what falls on one
// instant.
func TestModelAllowsEveryVerdict(t *testing.T) {
	var sums tally
	eachSeed(*sequencesFlag, func(seed uint64) bool {
		var s *story
		synctest.Test(t, func(t *testing.T) { s = runSequence(t, seed) })
		sums.add(s)
		for _, sid := range modelSIDs {
			o := newOracle(s, sid)
			if err := o.judge(); err != nil {
				t.Errorf("%s: %v\nagain with -seed %d; config %+v, rough %t, uncached %t\n%s", sid, err, seed, s.plan.config, s.plan.rough, s.plan.uncached, o.read(sid))
			}
		}
		return !t.Failed()
	})
	t.Log(sums)
}

// eachSeed runs the seeds from 1 to n until one fails. The seed given on the command line alone is run many times, since
// the client has a chance of its own.
func eachSeed(n int, run func(seed uint64) bool) {
	const repetitions = 100
	if *seedFlag != 0 {
		for i := 0; i < repetitions && run(*seedFlag); i++ {
		}
		return
	}
	for seed := uint64(1); seed <= uint64(n) && run(seed); seed++ {
	}
}

// tally counts what sequences held, to show that they are worth something.
type tally struct {
	sequences, requests, errors int
	origins                     map[string]int
}

func (y *tally) add(s *story) {
	if y.origins == nil {
		y.origins = map[string]int{}
	}
	y.sequences++
	y.requests += len(s.requests)
	for _, c := range s.checks {
		if c.err != nil {
			y.errors++
		} else {
			y.origins[c.verdict.Origin.String()]++
		}
	}
}

func (y tally) String() string {
	return fmt.Sprintf("%d sequences: %d requests, verdicts %v, %d errors", y.sequences, y.requests, y.origins, y.errors)
}
