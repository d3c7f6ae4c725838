package sdk_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// bareInvalid is the configuration for an MS2 whose single door answers an unknown SID with a bare 404.
func bareInvalid(cfg *sdk.Config) { cfg.Protocol, cfg.NotFound = "single", "invalid" }

// genuine calls every SID valid, uncached, but for the forged ones.
func genuine(i protocol.Item) protocol.Result {
	if strings.HasPrefix(i.SID, "forged:") {
		return protocol.Result{}
	}
	return protocol.Result{Status: "valid"}
}

// Forged SIDs come all the time, so that there was a control a moment ago; then the route is broken for 60 ms. The next control is
// sent after it healed, and says nothing of the moment in which the 404 came.
func TestAGenuineSIDIsNotCalledInvalidSinceTheRouteHealedBeforeTheControl(t *testing.T) {
	for _, names := range [][]string{{"a"}, {"a", "b", "c"}} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(after(2*time.Millisecond, pages(genuine)))
			c := f.client(bareInvalid)
			windows, wrong := 0, atomic.Int32{}
			for i := range played(2000, 400) {
				switch i % 200 {
				case 187 + (i/200)%13:
					windows++
					f.all(after(2*time.Millisecond, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }))
				case (187 + (i/200)%13 + 12) % 200:
					f.all(after(2*time.Millisecond, pages(genuine)))
				}
				go func() {
					if v, err := c.Validate(t.Context(), fmt.Sprint("genuine:", i)); err == nil && !v.Valid {
						wrong.Add(1)
					}
				}()
				go c.Validate(t.Context(), fmt.Sprint("forged:", i)) //nolint:errcheck // whatever it is
				<-time.After(5 * time.Millisecond)
			}
			<-time.After(3 * time.Second)
			if n := wrong.Load(); n > 0 {
				t.Errorf("%v: %d genuine SIDs were called invalid in %d windows of 60 ms", names, n, windows)
			}
		}, names...)
	}
}
