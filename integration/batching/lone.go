package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// barePost sends the body of one check and reads the answer, without a look at it: what no check can do without.
var barePost = contestant{"bare POST", func(addr string) (check, func(), error) {
	p := newPoster(addr)
	return func(ctx context.Context, sid string) (bool, error) {
		body := protocol.AppendRequest(nil, []protocol.Item{{SID: sid}})
		return true, p.post(ctx, body, func([]byte) error { return nil })
	}, p.close, nil
}}

var decodedPost = contestant{"POST, answer decoded", oneRequestEach.open}

// loneSID is what the experiments with one SID ask for.
const loneSID = "usb:046d:c52b"

// lone is the experiment with one caller at a time. To a service that takes no time go five times as many checks.
func lone(ctx context.Context, s settings) (report, error) {
	r := report{
		title:  "lone: one check on an idle client, each as a ratio to a bare POST in the same round",
		header: []string{"", "µs", "÷ bare POST", "µs more than bare POST"},
	}
	for _, takes := range []time.Duration{serviceTime, 0} {
		medians, err := loneRounds(ctx, s, takes)
		if err != nil {
			return report{}, err
		}
		bare := medians[len(medians)-1]
		for i, by := range loneContestants {
			name := fmt.Sprintf("%s, service of %v", by.name, takes)
			r.rows = append(r.rows, []string{name, show(medians[i].median()), medians[i].over(bare).String(), medians[i].less(bare).String()})
		}
		if takes > 0 {
			r = r.with(atMost(1.03, fmt.Sprintf("lone: ÷ bare POST, service of %v", takes), medians[0].over(bare)))
		}
	}
	return r, nil
}

var loneContestants = []contestant{ours, decodedPost, barePost}

// loneRounds returns the rounds' medians of each contestant, in µs.
func loneRounds(ctx context.Context, s settings, takes time.Duration) ([]sample, error) {
	service, err := serve(takes, 0)
	if err != nil {
		return nil, err
	}
	defer service.close()
	asks := make([]check, len(loneContestants))
	for i, by := range loneContestants {
		ask, closed, err := by.open(service.addr)
		if err != nil {
			return nil, err
		}
		defer closed()
		asks[i] = ask
	}
	checks := s.lone
	if takes == 0 {
		checks *= 5
	}
	medians := make([]sample, len(asks))
	return medians, s.eachRound(fmt.Sprintf("lone, service of %v", takes), func() error {
		return loneRound(ctx, s, checks, asks, medians)
	})
}

// loneRound takes turns in random order.
func loneRound(ctx context.Context, s settings, checks int, asks []check, medians []sample) error {
	latencies := make([][]time.Duration, len(asks))
	for range checks {
		for _, i := range s.random.Perm(len(asks)) {
			began := time.Now()
			valid, err := asks[i](ctx, loneSID)
			latencies[i] = append(latencies[i], time.Since(began))
			if err != nil || !valid {
				return fmt.Errorf("%s: valid is %v: %w", loneContestants[i].name, valid, err)
			}
		}
	}
	for i := range asks {
		slices.Sort(latencies[i])
		medians[i] = append(medians[i], float64(quantile(latencies[i], 0.5))/float64(time.Microsecond))
	}
	return nil
}
