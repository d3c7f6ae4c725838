package main

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/failsafehttp"
	"github.com/failsafe-go/failsafe-go/hedgepolicy"
)

// guarded is failsafe-go: its HTTP retry policy around a hedge, the replicas in turn, past those whose breaker is open.
type guarded struct {
	door     door
	client   *http.Client
	replicas []guardedReplica
	turn     atomic.Uint64
	policies failsafe.Executor[*http.Response]
	strict   bool // whatever brings no verdict for the SID is an error, and so retried and held against the replica
}

type guardedReplica struct {
	addr    string
	breaker circuitbreaker.CircuitBreaker[*http.Response]
}

const (
	hedgeAfter      = 20 * time.Millisecond
	retries         = 3
	breakerFailures = 5
	breakerOpen     = 2 * time.Second
)

func openFailsafe(k kind, addrs []string, t *traffic) (stack, error) {
	return newGuarded(k, addrs, t, false), nil
}
func openStrictFailsafe(k kind, addrs []string, t *traffic) (stack, error) {
	return newGuarded(k, addrs, t, true), nil
}

func newGuarded(k kind, addrs []string, t *traffic, strict bool) *guarded {
	s := &guarded{door: k.door(), client: plainClient(t), strict: strict}
	for _, addr := range addrs {
		breaker := circuitbreaker.NewBuilder[*http.Response]().WithFailureThreshold(breakerFailures).WithDelay(breakerOpen).Build()
		s.replicas = append(s.replicas, guardedReplica{addr, breaker})
	}
	s.policies = failsafe.With[*http.Response](
		failsafehttp.NewRetryPolicyBuilder().WithMaxRetries(retries).Build(),
		hedgepolicy.NewWithDelay[*http.Response](hedgeAfter),
	)
	return s
}

func (s *guarded) ask(ctx context.Context, sids []string) answer {
	sid := sids[0]
	response, err := s.policies.WithContext(ctx).GetWithExecution(func(e failsafe.Execution[*http.Response]) (*http.Response, error) {
		return s.attempt(e.Context(), sid)
	})
	if err != nil {
		return answer{failed: 1, example: err}
	}
	valid, err := s.door.verdict(response, sid)
	return answerFor(sid, valid, err)
}

// attempt asks one replica.
func (s *guarded) attempt(ctx context.Context, sid string) (*http.Response, error) {
	r := s.pick()
	began := time.Now()
	response, err := s.exchange(ctx, r.addr, sid)
	switch {
	case !failing(response, err):
		r.breaker.RecordSuccess()
	case ctx.Err() == nil || time.Since(began) >= hedgeAfter || !r.breaker.IsClosed():
		r.breaker.RecordFailure()
	} // else the hedge lost to what it was to help: that says nothing of its replica
	return response, err
}

// pick returns the next replica whose breaker lets it be asked, or the next of all when none does.
func (s *guarded) pick() guardedReplica {
	for range s.replicas {
		if r := s.next(); r.breaker.TryAcquirePermit() {
			return r
		}
	}
	return s.next()
}

func (s *guarded) next() guardedReplica { return s.replicas[s.turn.Add(1)%uint64(len(s.replicas))] }

// exchange is one request, and by the strict rule an error where its answer is no verdict.
func (s *guarded) exchange(ctx context.Context, addr, sid string) (*http.Response, error) {
	request, err := s.door.request(ctx, addr, sid)
	if err != nil {
		return nil, err
	}
	response, err := s.client.Do(request)
	if err != nil || !s.strict {
		return response, err
	}
	body, err := bodyOf(response)
	if err != nil {
		return nil, err
	}
	if _, err := s.door.verdict(withBody(response, body), sid); err != nil {
		return nil, err
	}
	return withBody(response, body), nil
}

// failing is what failsafe-go's HTTP policies take for a failure.
func failing(response *http.Response, err error) bool {
	return err != nil || response.StatusCode == http.StatusTooManyRequests ||
		response.StatusCode >= 500 && response.StatusCode != http.StatusNotImplemented
}

func (s *guarded) saysOf(string) string { return "" }
func (s *guarded) close()               { s.client.CloseIdleConnections() }
