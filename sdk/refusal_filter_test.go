package sdk_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// filtered is an MS2 behind a filter that lets no request through which bears a forged SID.
func filtered(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if slices.ContainsFunc(itemsOf(r), func(i protocol.Item) bool { return truthOf(i.SID) == protocol.StatusInvalid }) {
			with(http.StatusForbidden, blank)(w, r)
			return
		}
		next(w, r)
	}
}

// evenly is a new SID each time, each second of them forged.
func evenly(i int) string { return fmt.Sprint([]string{"good:", "forged:"}[i%2], i) }

func TestAFilterThatRefusesEachForgedSIDFailsNoGoodOne(t *testing.T) {
	for _, door := range []string{"batch", "single"} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(filtered(well()))
			c := f.client(uncached, func(cfg *sdk.Config) { cfg.Protocol = door })
			lasts := played(10*time.Second, 5*time.Second)
			for _, a := range steadily(t, c, aSecond, lasts, evenly) {
				if good := truthOf(a.sid) == protocol.StatusValid; good && !a.right() || !good && (a.err == nil || !strings.Contains(a.err.Error(), "403")) {
					t.Fatalf("%s: got %+v, %v", a.sid, a.v, a.err)
				}
			}
			outage{lasts: lasts, frugal: true}.bounded(t, c.Stats())
		}, "a", "b", "c")
	}
}

func TestAFilterThatRefusesAnyBatchWithOneOfAFewSIDsFailsThoseAlone(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(filtered(well()))
		c := f.client(uncached)
		var group sync.WaitGroup
		lasts := played(6*time.Second, 2*time.Second)
		for forger := range 4 {
			group.Go(func() {
				for _, a := range steadily(t, c, 10, lasts, func(int) string { return fmt.Sprint("forged:", forger) }) {
					if a.err == nil || !strings.Contains(a.err.Error(), "403") {
						t.Errorf("%s: got %+v, %v", a.sid, a.v, a.err)
					}
				}
			})
		}
		group.Go(func() { crowd(t, c, 40, lasts, func(i int) string { return fmt.Sprint("good:", i) }) })
		group.Wait()
		if s := c.Stats(); s.Retries > 150 {
			t.Errorf("%d extra requests: the few are not sent apart", s.Retries)
		}
	}, "a", "b", "c")
}
