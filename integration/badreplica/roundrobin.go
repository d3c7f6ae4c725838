package main

import (
	"context"
	"net/http"
	"sync/atomic"
)

// rotation hands out addresses in turn.
type rotation struct {
	addrs []string
	calls atomic.Uint64
}

func (r *rotation) next() string { return r.addrs[r.calls.Add(1)%uint64(len(r.addrs))] }

// roundRobin is net/http's client with the replicas in turn: one attempt a check.
type roundRobin struct {
	door     door
	replicas rotation
	client   *http.Client
}

func openRoundRobin(k kind, addrs []string, t *traffic) (stack, error) {
	return &roundRobin{k.door(), rotation{addrs: addrs}, plainClient(t)}, nil
}

// plainClient is net/http's, with room for the connections that three replicas need.
func plainClient(t *traffic) *http.Client {
	return &http.Client{Transport: t.through(whole{&http.Transport{MaxIdleConnsPerHost: 100}})}
}

func (s *roundRobin) ask(ctx context.Context, sids []string) answer {
	valid, err := s.check(ctx, sids[0])
	return answerFor(sids[0], valid, err)
}

func (s *roundRobin) check(ctx context.Context, sid string) (bool, error) {
	r, err := s.door.request(ctx, s.replicas.next(), sid)
	if err != nil {
		return false, err
	}
	answer, err := s.client.Do(r)
	if err != nil {
		return false, err
	}
	return s.door.verdict(answer, sid)
}

func (s *roundRobin) saysOf(string) string { return "" }
func (s *roundRobin) close()               { s.client.CloseIdleConnections() }
