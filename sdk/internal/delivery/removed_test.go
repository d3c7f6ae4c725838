package delivery_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/internal/delivery"
	"ms2.internal/lb/sdk/internal/hook"
	"ms2.internal/lb/sdk/internal/transport"
)

func TestNothingIsKeptOfAReplicaThatWasRemovedWhileItWasAsked(t *testing.T) {
	asked, release := make(chan bool), make(chan bool)
	slow := roundTrip(func(r *http.Request) (*http.Response, error) {
		asked <- true
		if <-release {
			return nil, io.EOF
		}
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"results":[{"sid":"x","status":"valid"}]}`))}, nil
	})
	token, _ := transport.NewToken("", "")
	s, err := attempt.New(attempt.Options{
		Options: transport.Options{Timeout: 9e9, Wrap: func(http.RoundTripper) http.RoundTripper { return slow }},
		Context: t.Context(), Scheme: "http", Protocol: "batch", Token: token,
	}, &hook.Guard{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	b := balancer.New(balancer.Options{})
	c := delivery.New(delivery.Options{Context: t.Context(), Timeout: 9e9, AttemptTimeout: 9e9, Attempts: 1, Backoff: 1}, b, s, told{})
	update := func(set ...discovery.Instance) {
		s.Update(set, func() { b.Update(set) })
		c.Keep(set)
	}
	for _, fails := range []bool{true, false} {
		update(discovery.Instance{ID: "a", Addr: "a:1", Weight: 1})
		done := make(chan bool)
		go func() {
			defer close(done)
			if fails {
				_, _ = c.Forward(post(nil))
			} else {
				c.Carry(&lone{ctx: t.Context(), items: []attempt.Item{{SID: "x"}}}, false)
			}
		}()
		<-asked
		update(discovery.Instance{ID: "b", Addr: "b:1", Weight: 1})
		release <- fails
		<-done
		if _, known := c.Latency("a"); known || c.Trouble("a") != (delivery.Trouble{}) {
			t.Errorf("fails %t: latency known %t, %+v", fails, known, c.Trouble("a"))
		}
	}
}

// lone is a batch that nobody leaves and that goes on in no parts.
type lone struct {
	delivery.Batch
	ctx   context.Context
	items []attempt.Item
}

func (l *lone) Context() context.Context  { return l.ctx }
func (l *lone) Remaining() time.Duration  { return time.Minute }
func (l *lone) Offer()                    {}
func (l *lone) Items() []attempt.Item     { return l.items }
func (l *lone) Note(*delivery.Attempt)    {}
func (l *lone) Settle([]*cache.Entry) int { l.items = nil; return 0 }
func (l *lone) Fail(error)                { l.items = nil }
