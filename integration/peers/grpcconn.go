package main

import (
	"google.golang.org/grpc/balancer"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/experimental/stats"
	"google.golang.org/grpc/resolver"
)

// fakeClientConn is what a balancer of grpc-go sees of its channel: it keeps the picker that it was given last.
type fakeClientConn struct {
	balancer.ClientConn
	subConns []*fakeSubConn
	state    balancer.State
}

func (c *fakeClientConn) NewSubConn(addrs []resolver.Address, o balancer.NewSubConnOptions) (balancer.SubConn, error) {
	s := &fakeSubConn{addr: addrs[0].Addr, changed: o.StateListener}
	c.subConns = append(c.subConns, s)
	return s, nil
}

func (c *fakeClientConn) UpdateState(s balancer.State)           { c.state = s }
func (c *fakeClientConn) ResolveNow(resolver.ResolveNowOptions)  {}
func (c *fakeClientConn) MetricsRecorder() stats.MetricsRecorder { return fakeRecorder{} }

// fakeSubConn is a connection that leads nowhere.
type fakeSubConn struct {
	balancer.SubConn
	addr    string
	report  any // of the server's load, with each answer; nil: none
	changed func(balancer.SubConnState)
	healthy func(balancer.SubConnState)
}

func (s *fakeSubConn) Connect()  {}
func (s *fakeSubConn) Shutdown() {}

func (s *fakeSubConn) RegisterHealthListener(l func(balancer.SubConnState)) { s.healthy = l }

// becomeReady goes the way of a connection that succeeds.
func (s *fakeSubConn) becomeReady() {
	s.changed(balancer.SubConnState{ConnectivityState: connectivity.Connecting})
	s.changed(balancer.SubConnState{ConnectivityState: connectivity.Ready})
	if s.healthy != nil {
		s.healthy(balancer.SubConnState{ConnectivityState: connectivity.Ready})
	}
}

// fakeRecorder drops what a balancer counts as it builds its schedule.
type fakeRecorder struct{ stats.MetricsRecorder }

func (fakeRecorder) RecordInt64Count(*stats.Int64CountHandle, int64, ...string)       {}
func (fakeRecorder) RecordFloat64Histo(*stats.Float64HistoHandle, float64, ...string) {}
