package sdk_test

import (
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"

	"ms2.internal/lb/sdk"
)

// leaver is an adopter's error that exits the goroutine of who looks beneath it, as a mock that calls t.FailNow does.
type leaver struct{}

func (leaver) Error() string { return "leaver" }
func (leaver) Unwrap() error { runtime.Goexit(); return nil }

type leavers struct {
	next http.RoundTripper
	once atomic.Bool
}

func (l *leavers) RoundTrip(r *http.Request) (*http.Response, error) {
	if l.once.CompareAndSwap(false, true) {
		return nil, leaver{}
	}
	return l.next.RoundTrip(r)
}

// The error is looked into on the goroutine that carries the batch.
func TestAnErrorThatExitsTheGoroutineHarmsItsOwnCallAlone(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		l := &leavers{next: f.transport}
		c := f.clientWith(sdk.Config{Endpoints: []string{"a:80"}, BatchInflight: 1}, sdk.WithTransport(func(http.RoundTripper) http.RoundTripper { return l }))
		refuses(t, c, "x", nil)
		expect(t, c, "y", true, sdk.Fresh)
		if s := c.Stats(); s.Line.InFlight != 0 {
			t.Errorf("%d in flight for ever", s.Line.InFlight)
		}
	}, "a")
}
