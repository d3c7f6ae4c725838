package sdk_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// chaos is an MS2 that answers at random, and notes what it said. A SID that begins with "good" is valid, no other is.
type chaos struct {
	mu     sync.Mutex
	random *rand.Rand     // guarded by mu
	said   map[string]int // by SID, how often a verdict was sent; guarded by mu
}

func (m *chaos) draw(n int) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.random.IntN(n)
}

func (m *chaos) result(i protocol.Item) protocol.Result {
	r := protocol.Result{Status: "invalid", MaxAge: int64(m.draw(3)), StaleWhileRevalidate: int64(m.draw(2)), StaleIfError: int64(m.draw(4))}
	if strings.HasPrefix(i.SID, "good") {
		r.Status, r.Version = "valid", fmt.Sprint(m.draw(2))
		if i.Version != "" && m.draw(2) == 0 {
			r.Status = "unchanged"
		}
	}
	if m.draw(20) == 0 {
		return protocol.Result{}
	}
	m.mu.Lock()
	m.said[i.SID]++
	m.mu.Unlock()
	return r
}

func (m *chaos) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case <-time.After(time.Duration(m.draw(400)) * time.Millisecond):
	case <-r.Context().Done():
		return
	}
	bad := []http.HandlerFunc{status(500), status(503, "Retry-After", "1"), status(429), status(403), status(413), hang, cutOff, raw("<html>"), status(404)}
	if pick := m.draw(4 * len(bad)); pick < len(bad) {
		bad[pick](w, r)
		return
	}
	answering(m.result)(w, r)
}

// ask makes one check as a caller would who may leave at any time, and judges what it brings.
func (m *chaos) ask(t *testing.T, c *sdk.Client, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 2))
	sid := []string{"good:1", "good:2", "good:3", "forged:1", "forged:2"}[random.IntN(5)]
	<-time.After(time.Duration(random.IntN(4000)) * time.Millisecond)
	deadline := time.Duration(1+random.IntN(3000)) * time.Millisecond
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	left := random.IntN(4) == 0
	if left {
		stop := time.AfterFunc(deadline/2, cancel)
		defer stop.Stop()
	}
	if random.IntN(5) == 0 {
		c.Invalidate(sid)
	}
	opts := [][]sdk.CheckOption{nil, nil, {sdk.NoCache()}, {sdk.MaxAge(time.Second)}, {sdk.HasVersion("1")}}[random.IntN(5)]
	start := time.Now()
	v, err := c.Validate(ctx, sid, opts...)
	m.judge(t, sid, v, err)
	switch took := time.Since(start); {
	case took > min(deadline, 2*time.Second):
		t.Errorf("%s: took %v of %v", sid, took, deadline)
	case errors.Is(err, context.Canceled) && !left:
		t.Errorf("%s: another caller's %v", sid, err)
	case errors.Is(err, context.DeadlineExceeded) && took < min(deadline, 2*time.Second) && !strings.Contains(err.Error(), "outlast"):
		t.Errorf("%s: another caller's deadline: %v after %v of %v", sid, err, took, deadline)
	}
}

func (m *chaos) judge(t *testing.T, sid string, v sdk.Verdict, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var check *sdk.CheckError
	switch {
	case err != nil && (v != sdk.Verdict{} || !errors.As(err, &check) || check.SID != sid):
		t.Errorf("%s: %+v with %v", sid, v, err)
	case err == nil && (v.SID != sid || m.said[sid] == 0 || v.Origin == sdk.Unknown):
		t.Errorf("%s: %+v, which MS2 never said", sid, v)
	case err == nil && v.Valid != strings.HasPrefix(sid, "good"):
		t.Errorf("%s: the wrong verdict %+v", sid, v)
	case err != nil && strings.Contains(err.Error(), "nobody waits"):
		t.Errorf("%s: got what nobody should see: %v", sid, err)
	}
}

func TestNoCallerEverGetsAnothersErrorOrAWrongVerdict(t *testing.T) {
	const callers = 30
	for seed := range played[uint64](300, 50) {
		inBubble(t, func(t *testing.T, f *fleet) {
			m := &chaos{random: rand.New(rand.NewPCG(seed, 1)), said: map[string]int{}}
			f.all(m.ServeHTTP)
			c := f.client(func(cfg *sdk.Config) { cfg.BatchInflight = 1 + int(seed%3) })
			var group sync.WaitGroup
			for i := range uint64(callers) {
				group.Go(func() { m.ask(t, c, seed*callers+i) })
			}
			group.Wait()
			s := c.Stats().Checks
			if sum := s.Fresh + s.Cached + s.Stale + s.Failed; sum != callers {
				t.Errorf("%d checks counted as %+v", callers, s)
			}
			c.Close()
		}, "a", "b")
		if t.Failed() {
			t.Fatalf("with the seed %d", seed)
		}
	}
}
