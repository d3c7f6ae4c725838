package sdk_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// naming refuses a batch that bears forged SIDs with a status, and problem details that name those.
func naming(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		items := slices.DeleteFunc(slices.Clone(itemsOf(r)), func(i protocol.Item) bool { return truthOf(i.SID) == protocol.StatusValid })
		if len(items) == 0 {
			well()(w, r)
			return
		}
		p := protocol.Problem{Status: code}
		for _, item := range items {
			p.SIDs = append(p.SIDs, item.SID)
		}
		protocol.WriteProblem(w, p)
	}
}

// manyMixed are n checks, of which as many as given are forged, spread over them.
func manyMixed(n, forged int) []sdk.Check {
	checks := make([]sdk.Check, n)
	for i := range checks {
		checks[i].SID = fmt.Sprint("good:", i)
	}
	for i := range forged {
		checks[i*n/forged].SID = fmt.Sprint("forged:", i)
	}
	return checks
}

// refusedAlone holds that the forged SIDs have an error that says so, and all others their verdicts.
func refusedAlone(t *testing.T, checks []sdk.Check, vs []sdk.Verdict, err error, says string) {
	t.Helper()
	for i, check := range checks {
		a := came{sid: check.SID, v: vs[i], err: errorAt(err, i)}
		if good := truthOf(a.sid) == protocol.StatusValid; good && !a.right() || !good && (a.err == nil || !strings.Contains(a.err.Error(), says)) {
			t.Errorf("%s: got %+v, %v", a.sid, a.v, a.err)
		}
	}
}

func TestOfABatchWhoseRefusalNamesSIDsThoseAloneFailAfterThreeRequests(t *testing.T) {
	for _, code := range []int{400, 413, 422} {
		for _, forged := range []int{1, 4, 16, 250} {
			inBubble(t, func(t *testing.T, f *fleet) {
				c := f.client(uncached)
				witnesses(t, f, c)
				f.all(naming(code))
				before, start, checks := f.requests(), time.Now(), manyMixed(500, forged)
				vs, err := c.ValidateAll(t.Context(), checks)
				refusedAlone(t, checks, vs, err, fmt.Sprint(code))
				took(t, start, workTime)
				if n := f.requests() - before; n > 3 {
					t.Errorf("%d requests for %d forged SIDs", n, forged)
				}
			}, "a", "b", "c")
		}
	}
}

// witnesses has each replica bring a verdict.
func witnesses(t *testing.T, f *fleet, c *sdk.Client) {
	t.Helper()
	f.all(well())
	for i := 0; f.unasked(); i++ {
		expect(t, c, fmt.Sprint("good:w", i), true, sdk.Fresh)
	}
}

// unasked reports whether a replica was not asked yet.
func (f *fleet) unasked() bool {
	for _, r := range f.replicas {
		if len(r.requests()) == 0 {
			return true
		}
	}
	return false
}

func TestAReplicaAloneInNamingSIDsDoesNotRefuseThem(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(well())
		f.replicas["bad"].answer(naming(422))
		c, checks := f.client(uncached), manyMixed(500, 16)
		for range 20 {
			vs, err := c.ValidateAll(t.Context(), checks)
			for i, check := range checks {
				if a := (came{sid: check.SID, v: vs[i], err: errorAt(err, i)}); !a.right() {
					t.Errorf("%s: got %+v, %v", a.sid, a.v, a.err)
				}
			}
		}
	}, "a", "b", "bad")
}
