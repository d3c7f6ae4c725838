package sdk_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// costsOneASecond makes many checks a second, and fails the test unless they cost one extra request a second once it is agreed.
func costsOneASecond(t *testing.T, c *sdk.Client, check func(i int)) {
	t.Helper()
	paced(aSecond, time.Second/2, check)
	first := c.Stats()
	paced(aSecond, 5*time.Second, check)
	if n := c.Stats().Retries - first.Retries; n < 4 || n > 6 || first.Budget < 50 {
		t.Errorf("%d extra requests in 5 s; a budget of %v after the first half", n, first.Budget)
	}
}

// everyOtherForged makes a check of a good SID, or of a forged one.
func everyOtherForged(t *testing.T, c *sdk.Client, i int) {
	if i%2 == 0 {
		expect(t, c, fmt.Sprint("good:", i), true, sdk.Fresh)
	} else {
		refuses(t, c, fmt.Sprint("forged:", i), nil)
	}
}

func TestAnExpiredTokenCostsOneSecondOpinionASecond(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(2*time.Millisecond, results("valid", 0, 0, 0)))
		c := f.client()
		paced(aSecond, time.Second, func(i int) { expect(t, c, fmt.Sprint(i), true, sdk.Fresh) })
		f.all(after(2*time.Millisecond, status(401)))
		costsOneASecond(t, c, func(i int) {
			err := refuses(t, c, fmt.Sprint(i), nil)
			var call *sdk.CallError
			if !errors.As(err, &call) || call.Status != 401 {
				t.Errorf("got %v", err)
			}
		})
	}, "a", "b", "c")
}

func TestAFloodOfForgedSIDsCostsOneSecondOpinionASecond(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(2*time.Millisecond, forgedBy(status(403))))
		c := f.client(narrowest)
		costsOneASecond(t, c, func(i int) { everyOtherForged(t, c, i) })
	}, "a", "b", "c")
}

func TestAReplicaThatAnswersNothingProfitsFromNoAgreement(t *testing.T) {
	for _, names := range [][]string{{"a", "b"}, {"a", "b", "c"}} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(after(2*time.Millisecond, forgedBy(status(403))))
			f.replicas["a"].answer(after(2*time.Millisecond, status(403)))
			c := f.client(narrowest)
			paced(50, 10*time.Second, func(i int) { everyOtherForged(t, c, i) })
			if len(f.replicas["a"].requests()) == 0 {
				t.Error("it was never asked")
			}
		}, names...)
	}
}

// Nobody has answered since the agreement, but others had before, and it never had.
func TestAReplicaThatNeverAnsweredProfitsFromNoFreshAgreement(t *testing.T) {
	for _, refusal := range []http.HandlerFunc{status(403), results("", 0, 0, 0)} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(forgedBy(refusal))
			f.replicas["a"].answer(refusal)
			c := f.client(func(cfg *sdk.Config) { cfg.MaxEjected = sdk.Off })
			expect(t, c, "first", true, sdk.Fresh)
			for i := range 30 {
				refuses(t, c, fmt.Sprint("forged:", i), nil)
				expect(t, c, fmt.Sprint("good:", i), true, sdk.Fresh)
				<-time.After(10 * time.Second)
			}
		}, "a", "b")
	}
}

// It answered since the agreement was made, so that what it refuses alike is taken for forged until two renewals later.
func TestAReplicaThatBeginsToRefuseProfitsFromAnAgreementForTwoSecondsAtMost(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(2*time.Millisecond, forgedBy(status(403))))
		c, begins := f.client(narrowest), time.Now().Add(2*time.Second)
		time.AfterFunc(time.Until(begins), func() { f.replicas["a"].answer(after(2*time.Millisecond, status(403))) })
		paced(50, 7*time.Second, func(i int) {
			if i%2 == 1 {
				refuses(t, c, fmt.Sprint("forged:", i), nil)
			} else if _, err := c.Validate(t.Context(), fmt.Sprint("good:", i)); err != nil && time.Since(begins) > 2100*time.Millisecond {
				t.Errorf("failed %v after it began to refuse: %v", time.Since(begins), err)
			}
		})
		if s := statsOf(c, "a"); s.Refused == 0 {
			t.Errorf("%+v", s)
		}
	}, "a", "b", "c")
}

// An agreement on the token of before says nothing of the one that was written since.
func TestAnAgreementSparesNothingUnderAnotherToken(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		file, takes := tokenFile(t)
		takes.Store("another")
		f.all(bearer(takes))
		c := f.client(func(cfg *sdk.Config) { cfg.TokenFile = file })
		for i := range 10 {
			refuses(t, c, fmt.Sprint(i), nil)
		}
		<-time.After(200 * time.Millisecond)
		write(t, file, "new")
		f.all(status(401))
		f.replicas["b"].answer(bearer(takes)) // the other one learns of it later
		takes.Store("new")
		for i := range 60 { // enough for "a" to be picked among them
			expect(t, c, fmt.Sprint("new:", i), true, sdk.Fresh)
		}
		if asked := f.replicas["a"].requests(); asked[len(asked)-1].header.Get("Authorization") != "Bearer new" {
			t.Error("the other was not asked under the new token")
		}
	}, "a", "b")
}
