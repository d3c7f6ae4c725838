package sdk_test

import (
	"fmt"
	"slices"
	"testing"

	"ms2.internal/lb/sdk"
)

func TestOneReplicaThatAnswersWithAnyStatusFailsNoCheck(t *testing.T) {
	for code := 300; code < 600; code++ {
		if code%played(1, 20) != 0 && !slices.Contains(oneOfEachRow, code) {
			continue
		}
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			for _, c := range cells([]int{code}, "batch", "single") {
				c.unequal(t, "a:80", "b:80", "bad:80")
			}
		})
	}
}

func TestOneOfTwoReplicasThatAnswersWithAnyStatusFailsNoCheck(t *testing.T) {
	for _, c := range cells(oneOfEachRow, "batch", "single", "auto") {
		c.unequal(t, "a:80", "bad:80")
	}
}

func TestOneReplicaOnTheWireThatAnswersWithAnyStatusFailsNoCheckWhileDoorsAreLearnt(t *testing.T) {
	for _, c := range cells(oneOfEachRow, "auto") {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(well())
			f.replicas["bad"].answer(with(c.code, c.body))
			c.ask(t, f.client(uncached))
			c.judge(t, f.requests(), len(f.replicas["bad"].requests()))
		}, "a", "b", "bad")
	}
}

// A problem that names the SID is MS2's own word. Against a replica that says so of every SID nothing can be done here: it is for
// its own health check to take it out.
func TestAReplicaThatCallsEverySIDUnknownByNameIsBelieved(t *testing.T) {
	for _, code := range []int{404, 410} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(with(code, ours))
			c := f.client(func(cfg *sdk.Config) { cfg.Protocol = "single" })
			expect(t, c, "good:1", false, sdk.Fresh)
			if n := f.requests(); n != 1 {
				t.Errorf("%d: %d requests", code, n)
			}
		}, "a", "b", "c")
	}
}
