package attempt_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
)

func TestARemovedReplicaIsRefusedAndNotBlamed(t *testing.T) {
	s := against(t, func(http.ResponseWriter, *http.Request) { t.Error("asked") })
	s.Update(nil, func() {})
	r := s.batch(t, attempt.Item{SID: "a"})
	if r.Next != attempt.Retry || r.Outcome.Result != balancer.Ignored {
		t.Errorf("%+v", r)
	}
	saying(t, r, "removed")
}

func TestNoRequestReachesAnAddressThatNoReplicaHasEvenByAnAdoptersTransport(t *testing.T) {
	var kept http.RoundTripper
	s := wrapped(t, func(next http.RoundTripper) roundTrip {
		kept = next
		return next.RoundTrip
	})
	s.Update(nil, func() {})
	req, _ := http.NewRequestWithContext(guarded(t), http.MethodGet, "http://"+s.instance.Addr, http.NoBody)
	if resp, err := kept.RoundTrip(req); err == nil {
		resp.Body.Close()
		t.Error("it was reached")
	}
}

func TestAReplicaIsKnownBeforeOthersHearOfItAndForgottenAfter(t *testing.T) {
	s := against(t, answering(200, `{"results":[{"sid":"a","status":"valid"}]}`))
	first, second := s.instance, s.instance
	second.ID = "b"
	ask := func(instance discovery.Instance) attempt.Reply {
		return s.Send(guarded(t), instance, cache.Batch, []attempt.Item{{SID: "a"}}, time.Second)
	}
	s.Update([]discovery.Instance{second}, func() {
		for _, instance := range []discovery.Instance{first, second} {
			if r := ask(instance); r.Err != nil {
				t.Errorf("while others are told, %s: %v", instance.ID, r.Err)
			}
		}
	})
	if r := ask(first); r.Err == nil {
		t.Error("the removed one is still asked")
	}
	if r := ask(second); r.Err != nil {
		t.Error(r.Err)
	}
}

func TestARemovedReplicaFinishesWhatIsInFlightAndThenLosesItsConnection(t *testing.T) {
	for _, scheme := range []string{"http", "https"} {
		h := newHolder()
		a := newAuthority(t)
		if scheme == "http" {
			h.server.Start()
			t.Cleanup(h.server.Close)
		} else {
			a.start(t, h.server, "127.0.0.1")
		}
		s := over(t, h.server.Listener.Addr().String(), options(t, func(o *attempt.Options) {
			o.Scheme, o.TLS.CA = scheme, a.file("ca")
		}))
		ctx := guarded(t)
		replies := make(chan attempt.Reply)
		go func() { replies <- s.Send(ctx, s.instance, cache.Batch, []attempt.Item{{SID: "a"}}, time.Second) }()
		<-h.asked
		s.Update(nil, func() {})
		close(h.release)
		if r := <-replies; r.Err != nil {
			t.Errorf("%s: what was in flight failed: %v", scheme, r.Err)
		}
		select {
		case <-h.closed:
		case <-ctx.Done():
			t.Errorf("%s: the connection stayed open", scheme)
		}
	}
}

// holder is a replica that holds its answers until it is told to release them.
type holder struct {
	server                 *httptest.Server
	asked, release, closed chan struct{}
}

func newHolder() *holder {
	h := &holder{asked: make(chan struct{}, 9), release: make(chan struct{}), closed: make(chan struct{}, 9)}
	h.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.asked <- struct{}{}
		<-h.release
		answering(200, `{"results":[{"sid":"a","status":"valid"}]}`)(w, r)
	}))
	h.server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			h.closed <- struct{}{}
		}
	}
	return h
}
