package main

import (
	"context"
	"net/http"
	"time"

	"github.com/bufbuild/httplb"
	"github.com/bufbuild/httplb/picker"
	"github.com/bufbuild/httplb/resolver"
	"github.com/hashicorp/go-retryablehttp"
)

// powerOfTwo is httplb with its power of two choices, and go-retryablehttp around it.
type powerOfTwo struct {
	door     door
	balancer *httplb.Client
	client   *retryablehttp.Client
}

func openPowerOfTwo(k kind, addrs []string, t *traffic) (stack, error) {
	balancer := httplb.NewClient(
		httplb.WithResolver(resolver.NewPollingResolver(fixed(addrs), time.Hour)),
		httplb.WithPicker(picker.NewPowerOfTwo),
		httplb.WithTransport("http", leaves{t}),
	)
	client := retryablehttp.NewClient()
	client.HTTPClient, client.Logger = balancer.Client, nil
	client.RetryMax, client.RetryWaitMin, client.RetryWaitMax = 3, 10*time.Millisecond, 100*time.Millisecond
	return &powerOfTwo{k.door(), balancer, client}, nil
}

func (s *powerOfTwo) ask(ctx context.Context, sids []string) answer {
	valid, err := s.check(ctx, sids[0])
	return answerFor(sids[0], valid, err)
}

func (s *powerOfTwo) check(ctx context.Context, sid string) (bool, error) {
	plain, err := s.door.request(ctx, "ms2", sid)
	if err != nil {
		return false, err
	}
	r, err := retryablehttp.FromRequest(plain)
	if err != nil {
		return false, err
	}
	answer, err := s.client.Do(r)
	if err != nil {
		return false, err
	}
	return s.door.verdict(answer, sid)
}

func (s *powerOfTwo) saysOf(string) string { return "" }
func (s *powerOfTwo) close()               { _ = s.balancer.Close() }

// fixed are addresses that never change.
type fixed []string

// ResolveOnce is resolver.ResolveProber's.
func (f fixed) ResolveOnce(context.Context, string, string) (all []resolver.Address, ttl time.Duration, err error) {
	for _, addr := range f {
		all = append(all, resolver.Address{HostPort: addr})
	}
	return all, 0, nil
}

// leaves makes the transports of single replicas as httplb does by itself, and counts what passes them.
type leaves struct{ traffic *traffic }

// NewRoundTripper is httplb.Transport's.
func (l leaves) NewRoundTripper(_, addr string, c httplb.TransportConfig) httplb.RoundTripperResult {
	transport := &http.Transport{
		DialContext: c.DialFunc, MaxIdleConns: 1, MaxIdleConnsPerHost: 1, IdleConnTimeout: c.IdleConnTimeout,
		DisableCompression: c.DisableCompression,
	}
	return httplb.RoundTripperResult{RoundTripper: leaf{l.traffic, addr, whole{transport}}, Close: transport.CloseIdleConnections}
}

type leaf struct {
	traffic *traffic
	addr    string
	next    http.RoundTripper
}

// RoundTrip is http.RoundTripper's.
func (l leaf) RoundTrip(r *http.Request) (*http.Response, error) {
	l.traffic.note(l.addr)
	return l.next.RoundTrip(r)
}
