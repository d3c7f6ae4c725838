package sdk_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// encrypted has a replica speak TLS alone, which tells those who don't.
func (f *fleet) encrypted(name string) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(everything))
	server.Listener.Close()
	server.Listener = f.network.Listen(name + ":80")
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	f.t.Cleanup(server.Close)
}

// somethingElse are ways in which an address may be another's than MS2's, and answers at once.
var somethingElse = map[string]func(*fleet){
	"403":                 func(f *fleet) { f.replicas["bad"].answer(with(403, text)) },
	"404":                 func(f *fleet) { f.replicas["bad"].answer(with(404, text)) },
	"400":                 func(f *fleet) { f.replicas["bad"].answer(with(400, text)) },
	"429":                 func(f *fleet) { f.replicas["bad"].answer(with(429, empty)) },
	"200 without results": func(f *fleet) { f.replicas["bad"].answer(raw(`{"results":[]}`)) },
	"TLS alone":           func(f *fleet) { f.encrypted("bad") },
}

// Haste must not pay: what refuses at once has no work in flight, and would be picked most for it.
func TestAReplicaThatIsSomethingElseFailsNoCheckAndIsLeftAlone(t *testing.T) {
	for name, other := range somethingElse {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				f.replicas["a"].answer(well())
				f.replicas["b"].answer(after(4*workTime, answering(truth)))
				other(f)
				c := f.client(uncached)
				crowd(t, c, 8, time.Second, someMixed)
				early := c.Stats()
				crowd(t, c, 8, played(3*time.Second, time.Second), someMixed)
				s := c.Stats()
				bad, was := statsOf(c, "bad"), pickedOf(early, "bad:80")
				if late := bad.Picks - was; float64(late) > 0.02*float64(s.Attempts-early.Attempts) || bad.Why == "" || bad.State == "ready" || bad.LastError == nil {
					t.Errorf("%d of %d requests after the first second: %+v", late, s.Attempts-early.Attempts, bad)
				}
			}, "a", "b", "bad")
		})
	}
}

func pickedOf(s sdk.Stats, id string) int64 {
	for _, r := range s.Replicas {
		if r.ID == id {
			return r.Picks
		}
	}
	return 0
}

// crowd has callers make one check after the other for a while, each of which must be answered by the truth.
func crowd(t *testing.T, c *sdk.Client, callers int, d time.Duration, sid func(i int) string) {
	var group sync.WaitGroup
	for caller := range callers {
		group.Go(func() {
			for i, start := caller*1000, time.Now(); time.Since(start) < d; i++ {
				a := came{sid: sid(i)}
				if a.v, a.err = c.Validate(t.Context(), a.sid); !a.right() {
					t.Errorf("%s: got %+v, %v", a.sid, a.v, a.err)
					return
				}
			}
		})
	}
	group.Wait()
}
