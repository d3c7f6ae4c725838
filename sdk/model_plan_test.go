package sdk_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

// plan is what a sequence is run with. All of it comes from the seed.
type plan struct {
	seed     uint64
	config   sdk.Config
	rough    bool // replicas are rested and breakers open: a check may fail or fall back without a request
	uncached bool
	narrows  int  // how many of ten checks want more than a plain one
	forgets  bool // Invalidate is called
}

// modelSIDs are what the sequences ask for: few, so that much happens to each.
var modelSIDs = []string{"usb:1", "usb:2", "usb:3"}

func drawPlan(seed uint64, random *rand.Rand) plan {
	p := plan{seed: seed, rough: random.IntN(5) == 0, uncached: random.IntN(20) == 0, narrows: []int{0, 2, 5}[random.IntN(3)], forgets: random.IntN(3) > 0}
	p.config = sdk.Config{
		Endpoints:       []string{"a:80", "b:80"}[:1+random.IntN(2)],
		Attempts:        1 + random.IntN(4),
		BatchInflight:   []int{1, 1, 2, 3}[random.IntN(4)],
		BatchMax:        2 + random.IntN(4),
		BreakerFailures: sdk.Off,
		CacheEntries:    100,
		MaxAge:          []time.Duration{0, 0, time.Second, 2 * time.Second}[random.IntN(4)],
		Protocol:        []string{"batch", "batch", "auto", "single"}[random.IntN(4)],
		NotFound:        []string{"error", "invalid"}[random.IntN(2)],
	}
	if p.rough {
		p.config.BreakerFailures = 1 + random.IntN(4)
	}
	if p.uncached {
		p.config.CacheEntries = sdk.Off
	}
	return p
}

// sequence runs one plan against a client.
type sequence struct {
	*story
	random  *rand.Rand
	client  *sdk.Client
	server  *liar
	callers sync.WaitGroup
}

// runSequence is the story of one seed. It must be called in a bubble.
func runSequence(t *testing.T, seed uint64) *story {
	random := rand.New(rand.NewPCG(seed, 0))
	s := &sequence{random: random, story: &story{plan: drawPlan(seed, random), began: time.Now()}}
	s.server = newLiar(s.story, random)
	client, err := sdk.New(s.plan.config, sdk.WithTransport(func(http.RoundTripper) http.RoundTripper { return s.server }))
	if err != nil {
		t.Fatal(err)
	}
	s.client = client
	for range 8 + random.IntN(20) {
		s.step()
	}
	s.callers.Wait()
	if err := client.Close(); err != nil {
		t.Error(err)
	}
	synctest.Wait()
	return s.story
}

// step does one thing at random.
func (s *sequence) step() {
	switch s.random.IntN(12) {
	case 0:
		if s.plan.forgets {
			s.invalidate()
		}
	case 1, 2:
		s.server.change(s.random)
	case 3, 4, 5:
		<-time.After(s.pause())
	case 6:
		s.checkAll()
	default:
		s.check()
	}
	if s.random.IntN(4) > 0 {
		synctest.Wait()
	}
}

// pause is a little while, to the nanosecond, so that hardly anything falls on one instant by chance; seldom a long one, as
// when the machine was suspended.
func (s *sequence) pause() time.Duration {
	most := []time.Duration{50 * time.Millisecond, 500 * time.Millisecond, 500 * time.Millisecond, time.Second, 3 * time.Second, 90 * time.Second}
	return time.Duration(s.random.Int64N(int64(most[s.random.IntN(len(most))])))
}

func (s *sequence) sid() string { return modelSIDs[s.random.IntN(len(modelSIDs))] }

func (s *sequence) invalidate() {
	sids := []string{s.sid(), s.sid()}[:1+s.random.IntN(2)]
	began := s.mark()
	s.client.Invalidate(sids...)
	ended := s.mark()
	for _, sid := range sids {
		s.forgettings = append(s.forgettings, &forgetting{sid: sid, began: began, ended: ended})
	}
}

// draw is a check with options at random, and a context for it.
func (s *sequence) draw() (*checked, []sdk.CheckOption, context.Context, context.CancelFunc) {
	c := &checked{sid: s.sid()}
	var opts []sdk.CheckOption
	if s.random.IntN(10) < s.plan.narrows {
		switch s.random.IntN(3) {
		case 0:
			c.noCache, opts = true, append(opts, sdk.NoCache())
		case 1:
			c.limit = 1 + time.Duration(s.random.Int64N(int64([]time.Duration{100 * time.Millisecond, 3 * time.Second}[s.random.IntN(2)])))
			opts = append(opts, sdk.MaxAge(c.limit))
		case 2:
			c.version = s.server.version(c.sid, s.random)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	if c.patience = time.Duration(1 + s.random.Int64N(int64(2500*time.Millisecond))); s.random.IntN(2) > 0 {
		c.patience = 0
	} else if c.cancels = s.random.IntN(2) > 0; c.cancels {
		stop := time.AfterFunc(c.patience, cancel)
		return c, opts, ctx, func() { stop.Stop(); cancel() }
	} else {
		ctx, cancel = context.WithTimeout(ctx, c.patience)
	}
	return c, opts, ctx, cancel
}

func (s *sequence) check() {
	c, opts, ctx, cancel := s.draw()
	if c.version != "" {
		opts = append(opts, sdk.HasVersion(c.version))
	}
	s.checks = append(s.checks, c)
	s.callers.Go(func() {
		defer cancel()
		c.began = s.mark()
		c.verdict, c.err = s.client.Validate(ctx, c.sid, opts...)
		c.ended = s.mark()
	})
}

// checkAll checks some SIDs in one call, one of them twice at times.
func (s *sequence) checkAll() {
	first, opts, ctx, cancel := s.draw()
	checks, asked := []*checked{}, []sdk.Check{}
	for range 1 + s.random.IntN(4) {
		c := *first
		c.sid, c.all = s.sid(), true
		checks, asked = append(checks, &c), append(asked, sdk.Check{SID: c.sid, Version: c.version})
	}
	s.checks = append(s.checks, checks...)
	s.callers.Go(func() {
		defer cancel()
		began := s.mark()
		verdicts, err := s.client.ValidateAll(ctx, asked, opts...)
		ended := s.mark()
		for i, c := range checks {
			c.began, c.ended, c.verdict = began, ended, verdicts[i]
			c.err = errorAt(err, i)
		}
	})
}

// errorAt is ValidateAll's error for one entry.
func errorAt(err error, i int) error {
	var all sdk.CheckErrors
	if err != nil && !errors.As(err, &all) {
		return fmt.Errorf("not CheckErrors: %w", err)
	}
	for _, e := range all {
		if e.Index == i {
			return e
		}
	}
	return nil
}
