package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/maypok86/otter/v2"

	"ms2.internal/lb/sdk"
)

// bound is how many entries the caches of both sides may hold: the SDK's default.
const bound = 100_000

// kept is how many SIDs there are in a cache that is nearly full, as one in use is. They are looked at in random order: what
// is looked at is seldom in the processor's own cache then.
const kept = 90_000

// sight is one way to be answered from memory: n times in turn, for the given SIDs one after the other from a place on.
type sight func(sids []string, at, n int) error

var errNotHeld = errors.New("not answered from memory")

// fromOurs opens a client that holds fresh verdicts for the SIDs.
func fromOurs(ctx context.Context, addr string, sids []string) (sight, func(), error) {
	client, err := sdk.New(sdk.Config{Endpoints: []string{addr}, CacheEntries: bound})
	if err != nil {
		return nil, nil, err
	}
	if _, err := client.ValidateAll(ctx, sdk.SIDs(sids...)); err != nil {
		return nil, nil, errors.Join(err, client.Close())
	}
	return func(sids []string, at, n int) error {
		for range n {
			if v, _ := client.Validate(ctx, sids[at]); !v.Valid || v.Origin != sdk.Cached {
				return errNotHeld
			}
			if at++; at == len(sids) {
				at = 0
			}
		}
		return nil
	}, func() { _ = client.Close() }, nil
}

// fromOtter fills the same kind of cache by hand.
func fromOtter(sids []string) (sight, error) {
	entries, err := otter.New(&otter.Options[string, *sdk.Verdict]{MaximumSize: bound})
	if err != nil {
		return nil, err
	}
	for _, sid := range sids {
		entries.Set(sid, &sdk.Verdict{SID: sid, Valid: true})
	}
	return func(sids []string, at, n int) error {
		for range n {
			if v, held := entries.GetIfPresent(sids[at]); !held || !v.Valid {
				return errNotHeld
			}
			if at++; at == len(sids) {
				at = 0
			}
		}
		return nil
	}, nil
}

// spread lets so many goroutines look at once, n times each. It returns what one look took a goroutine, in ns.
func spread(look sight, sids []string, goroutines, n int) (float64, error) {
	var group sync.WaitGroup
	failed := make([]error, goroutines)
	began := time.Now()
	for i := range goroutines {
		at := rand.IntN(len(sids))
		group.Go(func() { failed[i] = look(sids, at, n) })
	}
	group.Wait()
	return float64(time.Since(began)) / float64(n), errors.Join(failed...)
}

// hits is the experiment with checks answered from memory, for one SID and for many, by one goroutine and by all cores.
func hits(ctx context.Context, s settings) (report, error) {
	r := report{
		title:  "hit: a fresh verdict from memory, as a ratio to otter's GetIfPresent in the same round",
		header: []string{"", "ns", "ns of otter", "÷ otter", "allocations"},
	}
	service, err := serve(0, time.Hour)
	if err != nil {
		return report{}, err
	}
	defer service.close()
	for _, sids := range [][]string{{loneSID}, shuffled(kept, s.random)} {
		if err := r.addHits(ctx, s, service.addr, sids); err != nil {
			return report{}, err
		}
	}
	return r, nil
}

func shuffled(n int, random *rand.Rand) []string {
	sids := make([]string, n)
	for i, place := range random.Perm(n) {
		sids[i] = fmt.Sprintf("usb:%04x:%04x", place>>8, place)
	}
	return sids
}

func (r *report) addHits(ctx context.Context, s settings, addr string, sids []string) error {
	ours, closed, err := fromOurs(ctx, addr, sids)
	if err != nil {
		return err
	}
	defer closed()
	otter, err := fromOtter(sids)
	if err != nil {
		return err
	}
	for _, goroutines := range []int{1, runtime.GOMAXPROCS(0)} {
		name := fmt.Sprintf("%d SIDs, %d goroutines", len(sids), goroutines)
		us, them, err := hitRounds(s, "hit: "+name, ours, otter, sids, goroutines)
		if err != nil {
			return err
		}
		allocations := testing.AllocsPerRun(1000, func() { err = ours(sids, 0, 1) })
		r.rows = append(r.rows, []string{name, show(us.median()), show(them.median()), us.over(them).String(), show(allocations)})
		*r = r.with(atMost(0, "hit: allocations, "+name, sample{allocations}))
		if len(sids) > 1 {
			*r = r.with(atMost(2, "hit: ÷ otter's get, "+name, us.over(them)))
		}
	}
	return err
}

// hitRounds returns the rounds' mean ns of a look, ours and theirs, which take turns in chunks.
func hitRounds(s settings, what string, ours, theirs sight, sids []string, goroutines int) (us, them sample, err error) {
	const chunk = 10_000
	looks := []sight{ours, theirs}
	err = s.eachRound(what, func() error {
		var spent [2]float64
		for range s.chunks {
			for _, i := range s.random.Perm(2) {
				ns, err := spread(looks[i], sids, goroutines, chunk)
				if err != nil {
					return err
				}
				spent[i] += ns / float64(s.chunks)
			}
		}
		us, them = append(us, spent[0]), append(them, spent[1])
		return nil
	})
	return us, them, err
}
