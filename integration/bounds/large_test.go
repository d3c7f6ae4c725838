package bounds_test

import (
	"flag"
	"fmt"
	"testing"
	"time"
	"unsafe"

	"ms2.internal/lb/sdk"
)

var (
	sidsFlag   = flag.Int("sids", defaultSIDs, "how many SIDs the large call of TestALargeCall has")
	roundsFlag = flag.Int("rounds", 3, "how many times it is made, with single checks alone before each")
)

const (
	// batchMax and cacheEntries are the SDK's defaults.
	batchMax     = 500
	cacheEntries = 100_000

	// restBound is what may be live beside what the caller holds: 64 MiB and a full cache, at 400 bytes an entry.
	restBound = 64*mebibyte + cacheEntries*400

	// aloneAtLeast is for how long single checks are made alone, at the least, in a round.
	aloneAtLeast = time.Second
)

// The full measurement, without the race detector's weight, is
//
//	go -C integration test ./bounds -run TestALargeCall -v -sids 1000000
//
// A round is single checks alone, for as long as the last large call took, and then the same beside a large call of SIDs
// that were not asked before. The memory is what collections found live meanwhile, and so includes what was allocated while
// they ran: more, the larger the heap that they had to go through. Times are printed and not judged.
func TestALargeCallTakesBoundedMemoryAndLeavesSingleChecksTheirTime(t *testing.T) {
	c := &contest{t: t, client: newClient(t, sdk.Config{})}
	c.singles = singles{t: t, client: c.client}
	length := aloneAtLeast
	for round := range *roundsFlag {
		c.alone(length)
		length = max(aloneAtLeast, c.beside(round))
	}
	c.tellTimes()
	// A single one is counted when it begins, so that the sum errs on the wide side.
	if c.waiting > 2*batchMax+c.singles.most {
		t.Errorf("%d SIDs waited at once beside %d single ones, want at most two batches' worth", c.waiting, c.singles.most)
	}
}

// contest is a client that is asked for one SID and for very many at the same time.
type contest struct {
	t       *testing.T
	client  *sdk.Client
	singles singles

	before, meanwhile times // of single checks, alone and beside
	peak              memory
	waiting           int // SIDs at once, at the most
}

// alone makes single checks for so long.
func (c *contest) alone(length time.Duration) {
	stop := make(chan struct{})
	timer := time.AfterFunc(length, func() { close(stop) })
	defer timer.Stop()
	c.singles.run(stop, &c.before)
}

// beside makes a large call beside single checks, and returns how long it took.
func (c *contest) beside(round int) time.Duration {
	baseline := liveNow()
	checks := largeCall(round, *sidsFlag)
	c.peak = memory{}
	stopWatch := watch(c.look)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		c.singles.run(stop, &c.meanwhile)
	}()
	began := time.Now()
	verdicts, err := c.client.ValidateAll(c.t.Context(), checks)
	took := time.Since(began)
	close(stop)
	<-stopped
	stopWatch()
	if err != nil {
		c.t.Fatal(err)
	}
	c.judge(checks, verdicts)
	c.tellMemory(baseline, checks, verdicts, took)
	return took
}

// look takes a sample of the memory and of the line.
func (c *contest) look() {
	now := memoryNow()
	c.peak.live, c.peak.objects = max(c.peak.live, now.live), max(c.peak.objects, now.objects)
	c.waiting = max(c.waiting, c.client.Stats().Line.Waiting)
}

func largeCall(round, size int) []sdk.Check {
	checks := make([]sdk.Check, size)
	for i := range checks {
		checks[i].SID = fmt.Sprintf("many:%d:%d", round, i)
	}
	return checks
}

// judge fails the test unless every verdict is right.
func (c *contest) judge(checks []sdk.Check, verdicts []sdk.Verdict) {
	if len(verdicts) != len(checks) {
		c.t.Fatalf("%d verdicts of %d checks", len(verdicts), len(checks))
	}
	for i, v := range verdicts {
		if !isRight(v, checks[i].SID) {
			c.t.Fatalf("verdict %d: %+v", i, v)
		}
	}
}

// tellMemory says what the call took, and fails the test when that is too much beside what is the caller's own.
func (c *contest) tellMemory(baseline int64, checks []sdk.Check, verdicts []sdk.Verdict, took time.Duration) {
	own := ownBytes(checks, verdicts)
	rest := c.peak.live - own
	c.t.Logf("%d SIDs in %v (%.0f a second); the caller's own %.1f MiB; beside it live at most %.1f MiB (bound %.1f), %.1f before; "+
		"with garbage at most %.1f MiB in all; waiting at most %d SIDs", len(checks), took.Round(time.Millisecond),
		float64(len(checks))/took.Seconds(), inMebibytes(own), inMebibytes(rest), inMebibytes(restBound), inMebibytes(baseline),
		inMebibytes(c.peak.objects), c.waiting)
	if rest > restBound {
		c.t.Errorf("%.1f MiB live beside the caller's own, want at most %.1f", inMebibytes(rest), inMebibytes(restBound))
	}
}

// ownBytes is the size of what the caller gave and got: both slices and the SIDs.
func ownBytes(checks []sdk.Check, verdicts []sdk.Verdict) int64 {
	own := int64(len(checks))*int64(unsafe.Sizeof(sdk.Check{})) + int64(len(verdicts))*int64(unsafe.Sizeof(sdk.Verdict{}))
	for _, check := range checks {
		own += int64(len(check.SID))
	}
	return own
}

func (c *contest) tellTimes() {
	for _, of := range []struct {
		name string
		times
	}{{"alone", c.before}, {"beside", c.meanwhile}} {
		c.t.Logf("%5d single checks %-6s p50 %v, p99 %v; begun late by p50 %v, p99 %v", len(of.took), of.name,
			quantile(of.took, 0.5), quantile(of.took, 0.99), quantile(of.late, 0.5), quantile(of.late, 0.99))
	}
	ratio := func(q float64) float64 {
		return float64(quantile(c.meanwhile.took, q)) / float64(quantile(c.before.took, q))
	}
	c.t.Logf("ratio beside to alone: p50 %.2f, p99 %.2f (promised 2)", ratio(0.5), ratio(0.99))
}
