package sdk_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// leave is how a caller gives up after 150 ms.
type leave func() (context.Context, context.CancelFunc)

const impatience = 150 * time.Millisecond

var leaves = map[string]leave{
	"deadline": func() (context.Context, context.CancelFunc) {
		return context.WithTimeout(context.Background(), impatience)
	},
	"cancel": func() (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(impatience, cancel)
		return ctx, cancel
	},
}

// impatient makes checks that are given up so, and counts those that failed.
type impatient struct {
	*testing.T
	*sdk.Client
	leave  leave
	made   int
	failed atomic.Int64
}

func (i *impatient) check(sid string) (sdk.Verdict, error) {
	ctx, cancel := i.leave()
	defer cancel()
	start := time.Now()
	v, err := i.Validate(ctx, sid)
	if err != nil {
		i.failed.Add(1)
	}
	if d := time.Since(start); d > impatience {
		i.Errorf("%s took %v", sid, d)
	}
	return v, err
}

// one makes one check after the other, for d or until the breaker of replica a is open.
func (i *impatient) one(d time.Duration) {
	for start := time.Now(); time.Since(start) < d && (i.failed.Load() == 0 || !foundOut(i.Client)); i.made++ {
		i.check(fmt.Sprint(i.made)) //nolint:errcheck // failures are counted
		<-time.After(5 * time.Millisecond)
	}
}

// all makes 300 a second, for as long, and waits for the last.
func (i *impatient) all(d time.Duration) {
	var group sync.WaitGroup
	for start := time.Now(); time.Since(start) < d && (i.failed.Load() == 0 || !foundOut(i.Client)); i.made++ {
		sid := fmt.Sprint(i.made)
		group.Go(func() { i.check(sid) }) //nolint:errcheck // failures are counted
		<-time.After(time.Second / 300)
	}
	group.Wait()
}

// foundOut reports whether the breaker of replica a has opened.
func foundOut(c *sdk.Client) bool {
	s := statsOf(c, "a")
	return s.Failures >= 5 && s.Breaker != "closed"
}

// This file is CASES.md, 35: one replica of two never answers, and no caller is as patient as an attempt.

func TestAHungReplicaIsFoundOutThoughNoCallerIsAsPatientAsAnAttempt(t *testing.T) {
	for pace, load := range map[string]func(*impatient, time.Duration){"one at a time": (*impatient).one, "300 a second": (*impatient).all} {
		for name, leave := range leaves {
			t.Run(pace+"/"+name, func(t *testing.T) {
				inBubble(t, func(t *testing.T, f *fleet) {
					f.all(after(2*time.Millisecond, results("valid", 0, 0, 0)))
					f.replicas["a"].answer(hang)
					i := &impatient{T: t, Client: f.client(), leave: leave}
					load(i, 30*time.Second)
					if n := i.failed.Load(); n == 0 || n > 10 || !foundOut(i.Client) {
						t.Errorf("%d checks of %d failed until it was found out: %+v", n, i.made, statsOf(i.Client, "a"))
					}
					i.failed.Store(0)
					load(i, played(10*time.Second, 3*time.Second)) // past several probes
					if n := i.failed.Load(); n > 0 {
						t.Errorf("%d checks failed after that", n)
					}
				}, "a", "b")
			})
		}
	}
}

func TestAShortTimeoutAloneLeavesTimeForAnotherReplica(t *testing.T) {
	setEnv(t, "MS2_TIMEOUT", "200ms")
	cfg, err := sdk.ConfigFromEnv()
	if err != nil {
		t.Fatal(err)
	}
	inBubble(t, func(t *testing.T, f *fleet) {
		f.replicas["a"].answer(hang)
		cfg.Endpoints = []string{"a:80", "b:80"}
		c := f.clientWith(cfg)
		for i := 0; i < 5000 && !foundOut(c); i++ {
			expect(t, c, fmt.Sprint(i), true, sdk.Fresh)
			<-time.After(5 * time.Millisecond)
		}
		if !foundOut(c) {
			t.Errorf("got %+v", statsOf(c, "a"))
		}
	}, "a", "b")
}

func TestBesideAHungReplicaNoCheckFailsThatMayBeStale(t *testing.T) {
	for _, names := range [][]string{{"a"}, {"a", "b"}} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(results("valid", 1, 0, 3600))
			i := &impatient{T: t, Client: f.client(), leave: leaves["deadline"]}
			if _, err := i.ValidateAll(t.Context(), many(50)); err != nil {
				t.Fatal(err)
			}
			f.replicas["a"].answer(hang)
			<-time.After(2 * time.Second)
			for _, check := range many(50) {
				if v, err := i.check(check.SID); err != nil || !v.Valid {
					t.Errorf("got %+v, %v", v, err)
				}
			}
		}, names...)
	}
}
