package sdk_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// One replica of three answers 404 at both doors, or seems to.

func TestAReplicaWithNeitherDoorFailsNoCheckAndCostsNoMoreThanItsShare(t *testing.T) {
	for _, n := range []int{1, 10} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(after(2*time.Millisecond, results("valid", 0, 0, 0)))
			f.replicas["a"].answer(after(2*time.Millisecond, func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }))
			c := f.client()
			paced(300, played(10*time.Second, 2*time.Second), func(i int) {
				checks := make([]sdk.Check, n)
				for k := range checks {
					checks[k].SID = fmt.Sprint(i, ":", k)
				}
				if _, err := c.ValidateAll(t.Context(), checks); err != nil {
					t.Error(err)
				}
			})
			posts, gets := f.replicas["a"].methods()
			if s := statsOf(c, "a"); posts == 0 || posts+gets > f.requests()/3 || s.Failures > 0 || s.Successes > 0 || s.Refused != s.Picks {
				t.Errorf("%d posts, %d gets of %d requests; %+v", posts, gets, f.requests(), s)
			}
			if n := c.Stats().Budget; n < 50 {
				t.Errorf("a budget of %v", n)
			}
		}, "a", "b", "c")
	}
}

// A proxy in front of a replica answers 404 for all of it, or for the batch door alone, for a while.
func TestAReplicaWhoseDoorsWereHiddenByAProxyHeals(t *testing.T) {
	whole := after(2*time.Millisecond, results("valid", 0, 0, 0))
	for name, hidden := range map[string]http.HandlerFunc{"both doors": status(404), "the batch door": doors(status(404), whole)} {
		for _, names := range [][]string{{"a"}, {"a", "b", "c"}} {
			t.Run(fmt.Sprint(name, " of ", len(names)), func(t *testing.T) {
				inBubble(t, func(t *testing.T, f *fleet) {
					f.all(whole)
					c, alone := f.client(), len(names) == 1 && name == "both doors"
					expect(t, c, "before", true, sdk.Fresh)
					f.replicas["a"].answer(hidden)
					paced(50, 5*time.Second, func(i int) {
						if _, err := c.Validate(t.Context(), fmt.Sprint("hidden:", i)); err != nil != alone {
							t.Errorf("got %v", err)
						}
					})
					f.replicas["a"].answer(whole)
					paced(played(10, 2), 70*time.Second, func(i int) { expect(t, c, fmt.Sprint("back:", i), true, sdk.Fresh) })
					before, gets := f.replicas["a"].methods()
					paced(50, 5*time.Second, func(i int) { expect(t, c, fmt.Sprint("healed:", i), true, sdk.Fresh) })
					posts, further := f.replicas["a"].methods()
					if posts-before < 250/len(names)/2 || further != gets {
						t.Errorf("%d posts and %d gets of 250 checks once it was back; %+v", posts-before, further-gets, statsOf(c, "a"))
					}
				}, names...)
			})
		}
	}
}
