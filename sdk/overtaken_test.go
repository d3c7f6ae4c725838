package sdk_test

import (
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

// MS2 told a caller that the SID is invalid now; the check that overtook it failed. Nobody may be told the older "valid".
func TestAnOvertakenAnswerIsKeptWhenTheOneThatOvertookItFails(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("valid", 60, 0, 0))
		c := f.client(func(cfg *sdk.Config) { cfg.Attempts = 1 })
		expect(t, c, "a", true, sdk.Fresh)
		f.all(after(200*time.Millisecond, results("invalid", 60, 0, 0)))
		v := verdicts{t, c, make(chan sdk.Verdict, 1)}
		v.begin("a", sdk.NoCache()) // brings invalid in 200 ms
		f.all(status(500))
		refuses(t, c, "a", nil, sdk.NoCache()) // overtakes it, and fails
		synctest.Wait()
		if got := <-v.got; got.Valid {
			t.Errorf("got %+v", got)
		}
		expect(t, c, "a", false, sdk.Cached)
	}, "a")
}
