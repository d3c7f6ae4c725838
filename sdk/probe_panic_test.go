package sdk_test

import (
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

// nilsFor is an adopter's transport that returns a typed nil for an error from one host while it is on.
type nilsFor struct {
	next http.RoundTripper
	host string
	on   atomic.Bool
}

func (n *nilsFor) RoundTrip(r *http.Request) (*http.Response, error) {
	if n.on.Load() && r.URL.Host == n.host {
		var err *net.OpError
		return nil, err
	}
	return n.next.RoundTrip(r)
}

// A probe runs on a goroutine of its own: a panic there ends the process of the adopter.
func TestAPanicInAProbeHarmsTheProbeAlone(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		n := &nilsFor{next: f.transport, host: "a:80"}
		c := f.clientWith(sdk.Config{Endpoints: []string{"a:80", "b:80"}}, sdk.WithTransport(func(http.RoundTripper) http.RoundTripper { return n }))
		trip(t, f, c)
		n.on.Store(true)
		for i := range 10 {
			expect(t, c, fmt.Sprint("x:", i), true, sdk.Fresh)
		}
		<-time.After(time.Second)
		synctest.Wait()
		if s := statsOf(c, "a"); s.InFlight != 0 {
			t.Errorf("%d in flight", s.InFlight)
		}
	}, "a", "b")
}
