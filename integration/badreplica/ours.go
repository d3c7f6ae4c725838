package main

import (
	"context"
	"errors"
	"strings"

	"ms2.internal/lb/sdk"
)

// ours is the SDK with its defaults, but without a cache.
type ours struct{ client *sdk.Client }

func openOurs(k kind, addrs []string, t *traffic) (stack, error) {
	cfg := sdk.Config{Endpoints: addrs, CacheEntries: sdk.Off, Protocol: k.protocol(), NotFound: k.notFound()}
	client, err := sdk.New(cfg, sdk.WithTransport(t.through))
	if err != nil {
		return nil, err
	}
	return ours{client}, nil
}

func (o ours) ask(ctx context.Context, sids []string) answer {
	if len(sids) == 1 {
		v, err := o.client.Validate(ctx, sids[0])
		return answerFor(sids[0], v.Valid, err)
	}
	verdicts, err := o.client.ValidateAll(ctx, sdk.SIDs(sids...))
	all := answer{example: firstOf(err)}
	for i, v := range verdicts {
		switch {
		case v.Origin == sdk.Unknown:
			all.failed++
		case v.Valid != genuine(sids[i]) || v.SID != sids[i]:
			all.wrong++
		}
	}
	return all
}

// firstOf is one of the many errors of a call.
func firstOf(err error) error {
	var all sdk.CheckErrors
	if errors.As(err, &all) && len(all) > 0 {
		return all[0]
	}
	return err
}

// saysOf is a replica's line in Stats.
func (o ours) saysOf(addr string) string {
	for _, r := range o.client.Stats().Replicas {
		if r.Addr == addr {
			return inWords(r)
		}
	}
	return "unknown"
}

func inWords(r sdk.ReplicaStats) string {
	words := []string{r.State, "breaker " + r.Breaker}
	if r.Why != "" {
		words = append(words, r.Why)
	}
	if r.LastError != nil && !strings.Contains(r.Why, *r.LastError) {
		words = append(words, "last: "+*r.LastError)
	}
	return strings.Join(words, ", ")
}

func (o ours) close() { _ = o.client.Close() }
