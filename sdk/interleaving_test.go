package sdk_test

import (
	"context"
	"flag"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

var interleavingsFlag = flag.Int("interleavings", played(1000, 100), "how many interleavings TestNoCallerChangesAnothersAnswer runs")

// door is an adopter's transport with an MS2 behind it. A request that bears a SID named "boom" panics there or exits its
// goroutine; every other is answered within the time that an interleaving gives it.
type door struct {
	delay func() time.Duration
	boom  func()
}

func (d door) RoundTrip(r *http.Request) (*http.Response, error) {
	asked, err := protocol.DecodeRequest(r.Body)
	if err != nil {
		return nil, err
	}
	var response protocol.Response
	for _, item := range asked.Items {
		if strings.HasPrefix(item.SID, "boom") {
			d.boom()
		}
		response.Results = append(response.Results, protocol.Result{SID: item.SID, Status: truthOf(item.SID)})
	}
	select {
	case <-time.After(d.delay()):
		return httpAnswer(http.StatusOK, nil, protocol.AppendResponse(nil, response)), nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

func truthOf(sid string) protocol.Status {
	if strings.HasPrefix(sid, "good") {
		return protocol.StatusValid
	}
	return protocol.StatusInvalid
}

// interleaving is some callers who come at random moments: steady ones, and beside them ones who cancel or run out of time.
// Their instants are few, so that much happens at once.
type interleaving struct {
	t       *testing.T
	client  *sdk.Client
	callers sync.WaitGroup
}

const slowest = 300 // milliseconds that a request takes at most

// steady makes a check that must be answered rightly: in its place and in that of all who wait for the same, by the end of
// the batch that was under way when it came and of the next.
func (i *interleaving) steady(sid string, comes time.Duration, opts ...sdk.CheckOption) {
	i.callers.Go(func() {
		<-time.After(comes)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		start := time.Now()
		v, err := i.client.Validate(ctx, sid, opts...)
		if err != nil || v.Valid != (truthOf(sid) == protocol.StatusValid) || v.SID != sid || v.Origin != sdk.Fresh {
			i.t.Errorf("%s, come at %v: got %+v, %v", sid, comes, v, err)
		}
		if took := time.Since(start); took > 2*slowest*time.Millisecond {
			i.t.Errorf("%s, come at %v: took %v", sid, comes, took)
		}
	})
}

// fickle makes a check that is given up, by cancelling or by a deadline.
func (i *interleaving) fickle(sid string, comes, stays time.Duration, cancels bool) {
	i.callers.Go(func() {
		<-time.After(comes)
		ctx, cancel := context.WithTimeout(context.Background(), stays)
		if cancels {
			ctx, cancel = context.WithCancel(context.Background())
			stop := time.AfterFunc(stays, cancel)
			defer stop.Stop()
		}
		defer cancel()
		start := time.Now()
		v, err := i.client.Validate(ctx, sid)
		if time.Since(start) > stays || err == nil && v.Valid != (truthOf(sid) == protocol.StatusValid) {
			i.t.Errorf("%s, come at %v for %v: got %+v, %v after %v", sid, comes, stays, v, err, time.Since(start))
		}
	})
}

// booming makes a check whose request harms its goroutine; it has an error at once, and no verdict.
func (i *interleaving) booming(sid string, comes time.Duration) {
	i.callers.Go(func() {
		<-time.After(comes)
		v, err := i.client.Validate(context.Background(), sid)
		if err == nil || !strings.Contains(err.Error(), "WithTransport") {
			i.t.Errorf("%s, come at %v: got %+v, %v", sid, comes, v, err)
		}
	})
}

// instant is one of few within so many milliseconds.
func instant(random *rand.Rand, most int) time.Duration {
	return time.Duration(random.IntN(most/10+1)) * 10 * time.Millisecond
}

func runInterleaving(t *testing.T, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 3))
	var mu sync.Mutex
	delays := rand.New(rand.NewPCG(seed, 4)) // guarded by mu: requests draw while callers do
	d := door{boom: []func(){func() { panic("boom") }, runtime.Goexit}[random.IntN(2)]}
	d.delay = func() time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return instant(delays, slowest)
	}
	cfg := sdk.Config{Endpoints: []string{"a:80", "b:80"}, Protocol: "batch", BatchInflight: 1 + random.IntN(3)}
	booms := random.IntN(2) == 0
	if booms { // each in a batch of its own, since what harms a request harms all that travel in it
		cfg.BatchMax, cfg.BatchInflight = 1, 64
	}
	c, err := sdk.New(cfg, sdk.WithTransport(func(http.RoundTripper) http.RoundTripper { return d }))
	if err != nil {
		t.Fatal(err)
	}
	i := &interleaving{t: t, client: c}
	i.call(random, booms)
	i.callers.Wait()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// call has twelve callers come, each of some sort.
func (i *interleaving) call(random *rand.Rand, booms bool) {
	sids := []string{"good:1", "good:2", "forged:1"}
	for range 12 {
		switch sid := sids[random.IntN(len(sids))]; random.IntN(6) {
		case 0, 1:
			i.steady(sid, instant(random, 400))
		case 2:
			i.steady(sid, instant(random, 400), sdk.NoCache())
		case 3, 4:
			i.fickle(sid, instant(random, 400), 10*time.Millisecond+instant(random, 200), random.IntN(2) == 0)
		default:
			if booms {
				i.booming("boom:"+sid, instant(random, 400))
			}
		}
	}
}

// TestNoCallerChangesAnothersAnswer lets steady callers share SIDs, replicas and a client with others who cancel, time out,
// or whose requests panic or exit in the adopter's transport. The bubble ends only when no goroutine is left.
func TestNoCallerChangesAnothersAnswer(t *testing.T) {
	eachSeed(*interleavingsFlag, func(seed uint64) bool {
		synctest.Test(t, func(t *testing.T) { runInterleaving(t, seed) })
		if t.Failed() {
			t.Logf("again with -seed %d", seed)
		}
		return !t.Failed()
	})
}
