package main

import (
	"context"
	"time"

	"golang.org/x/sync/singleflight"

	"ms2.internal/lb/sdk"
)

// check asks whether one SID is genuine. It may be used concurrently, and every check that begins after an earlier one
// has returned is asked anew.
type check func(ctx context.Context, sid string) (bool, error)

// contestant is one way to check SIDs.
type contestant struct {
	name string
	open func(addr string) (c check, closed func(), err error)
}

// contestants are all of the crowd's.
func contestants() []contestant {
	all := []contestant{ours, oneRequestEach, coalesced}
	for _, window := range windows {
		all = append(all, newDataloadgen(window), newDataloader(window))
	}
	return all
}

var ours = contestant{"ours", func(addr string) (check, func(), error) {
	return openOurs(addr, sdk.Off)
}}

// openOurs opens a client of the SDK, with its defaults but for the cache. Its times are guards only.
func openOurs(addr string, cacheEntries int) (check, func(), error) {
	client, err := sdk.New(sdk.Config{
		Endpoints: []string{addr}, Timeout: time.Minute, AttemptTimeout: 30 * time.Second, CacheEntries: cacheEntries,
	})
	if err != nil {
		return nil, nil, err
	}
	validate := func(ctx context.Context, sid string) (bool, error) {
		v, err := client.Validate(ctx, sid)
		return v.Valid, err
	}
	return validate, func() { _ = client.Close() }, nil
}

var oneRequestEach = contestant{"one request for each check", func(addr string) (check, func(), error) {
	p := newPoster(addr)
	return p.one, p.close, nil
}}

var coalesced = contestant{"singleflight", func(addr string) (check, func(), error) {
	p, group := newPoster(addr), new(singleflight.Group)
	return func(ctx context.Context, sid string) (bool, error) {
		v, err, _ := group.Do(sid, func() (any, error) { return p.one(ctx, sid) })
		valid, _ := v.(bool)
		return valid, err
	}, p.close, nil
}}
