package flight

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
	"ms2.internal/lb/sdk/internal/delivery"
	"ms2.internal/lb/sdk/internal/hook"
	"ms2.internal/lb/sdk/internal/transport"
	"ms2.internal/lb/sdk/protocol"
)

// moody is an MS2 without a network, of two replicas, that answers rightly, late, in part, or not at all.
type moody struct{}

var errMoody = errors.New("it hung up")

func (moody) RoundTrip(r *http.Request) (*http.Response, error) {
	delay := time.NewTimer(time.Duration(rand.IntN(1500)) * time.Microsecond)
	defer delay.Stop()
	select {
	case <-delay.C:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if sid, single := strings.CutPrefix(r.URL.Path, "/v1/sids/"); single {
		if strings.HasPrefix(sid, "forged") {
			return reply(http.StatusNotFound, []byte(fmt.Sprintf(`{"type":%q,"sids":[%q]}`, protocol.ProblemUnknownSID, sid))), nil
		}
		return reply(http.StatusOK, []byte(fmt.Sprintf(`{"sid":%q}`, sid))), nil
	}
	asked, err := protocol.DecodeRequest(r.Body)
	switch mood := rand.IntN(100); {
	case err != nil:
		return nil, err
	case mood < 4:
		return nil, errMoody
	case mood < 8:
		return reply(http.StatusInternalServerError, nil), nil
	case mood < 16 && len(asked.Items) > 1:
		return reply(http.StatusBadRequest, nil), nil
	case mood < 18:
		panic("it boiled over")
	case mood < 20 && r.URL.Host == "b:1":
		return reply(http.StatusNotFound, nil), nil
	}
	return reply(http.StatusOK, protocol.AppendResponse(nil, verdicts(asked.Items))), nil
}

func verdicts(items []protocol.Item) (response protocol.Response) {
	for _, item := range items {
		result := protocol.Result{SID: item.SID, Status: protocol.StatusValid, MaxAge: int64(rand.IntN(2)), StaleIfError: 60}
		if strings.HasPrefix(item.SID, "forged") {
			result.Status = protocol.StatusInvalid
		}
		if rand.IntN(200) > 0 {
			response.Results = append(response.Results, result)
		}
	}
	return response
}

func reply(status int, body []byte) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body))}
}

// told is a finder that told everything from the start.
type told chan struct{}

func (t told) First() <-chan struct{}  { return t }
func (t told) Explain(err error) error { return err }

// rush is very many checks at once, and what came of them.
type rush struct {
	*testing.T
	*Batcher
	landed, stale, late, left, refused, failed atomic.Int64
}

// newRush returns a rush at a moody MS2, and a function that ends its batcher.
func newRush(t *testing.T, o Options) (r *rush, end func()) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(context.Background())
	o.Context = ctx
	single, _ := attempt.ParseTemplate("/v1/sids/{sid}")
	at, _ := attempt.ParsePointer("sid")
	token, _ := transport.NewToken("", "")
	guard := &hook.Guard{}
	sender, err := attempt.New(attempt.Options{
		Options: transport.Options{Timeout: time.Second, Idle: 8, Wrap: func(http.RoundTripper) http.RoundTripper { return moody{} }},
		Scheme:  "http", Protocol: "auto", Single: single, SIDAt: at, MaxAge: time.Hour, Token: token,
	}, guard)
	if err != nil {
		t.Fatal(err)
	}
	c, err := cache.New(1000)
	if err != nil {
		t.Fatal(err)
	}
	replicas := []discovery.Instance{{ID: "a", Addr: "a:1", Weight: 1}, {ID: "b", Addr: "b:1", Weight: 1}}
	balance, first := balancer.New(balancer.Options{Failures: 1000}), make(told)
	close(first)
	sender.Update(replicas, func() { balance.Update(replicas) })
	carrier := delivery.New(delivery.Options{
		Context: ctx, AttemptTimeout: time.Second, Attempts: 3, Backoff: time.Millisecond, Budget: 0.5,
	}, balance, sender, first)
	r = &rush{T: t, Batcher: New(o, c, carrier)}
	return r, func() {
		r.Close()
		cancel(delivery.ErrClosed)
		patience, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := errors.Join(r.Wait(patience), carrier.Wait(patience), guard.Wait(patience)); err != nil {
			t.Error(err)
		}
		sender.Close()
		for _, replica := range balance.Stats() {
			if replica.InFlight != 0 {
				t.Errorf("%d leases of %s were not given back", replica.InFlight, replica.Instance.ID)
			}
		}
	}
}

// question is one of few SIDs, or of many, with any demand.
func (r *rush) question(large bool) *Question {
	now := time.Now()
	q := &Question{Began: now, Deadline: now.Add(time.Duration(1+rand.IntN(400)) * time.Millisecond), Large: large, More: large}
	q.SID = []string{"good", "forged"}[rand.IntN(2)] + fmt.Sprint(":", rand.IntN([]int{4, 1000}[rand.IntN(2)]))
	q.Fresh = rand.IntN(5) == 0
	if rand.IntN(5) == 0 {
		q.MaxAge = time.Millisecond
	}
	return q
}

// join joins the question; it returns nil when that was answered or refused.
func (r *rush) join(q *Question) *Waiter {
	w, e, err := r.Join(q)
	switch {
	case err != nil:
		r.refused.Add(1)
	case e != nil:
		r.judge(q, e)
	}
	return w
}

// await waits as a check does.
func (r *rush) await(ctx context.Context, w *Waiter, q *Question) {
	defer w.Release()
	for {
		switch w.Wait(ctx) {
		case Landed:
			r.result(w, q)
			return
		case Offered:
			if held := w.Held(); held != nil && !q.Fresh { // else it was forgotten in the same moment
				r.judge(q, held)
				w.Leave(false)
				r.stale.Add(1)
				return
			}
		case Expired:
			r.gone(w, q, &r.late)
			return
		case Cancelled:
			r.gone(w, q, &r.left)
			return
		}
	}
}

func (r *rush) gone(w *Waiter, q *Question, why *atomic.Int64) {
	if landed, _, _ := w.Leave(false); landed {
		r.result(w, q)
		return
	}
	why.Add(1)
}

func (r *rush) result(w *Waiter, q *Question) {
	e, _, err := w.Result()
	switch {
	case err != nil && e != nil, err == nil && e == nil:
		r.Errorf("%s: landed with %v and %v", q.SID, e, err)
	case errors.Is(err, errAbandoned):
		r.Errorf("%s: abandoned, though somebody waited", q.SID)
	case err != nil:
		r.failed.Add(1)
	default:
		r.judge(q, e)
		r.landed.Add(1)
	}
}

func (r *rush) judge(q *Question, e *cache.Entry) {
	if e.Valid != strings.HasPrefix(q.SID, "good") {
		r.Errorf("%s: valid is %t", q.SID, e.Valid)
	}
}

// one is a lone check, whose context may end by itself or be cancelled.
func (r *rush) one() {
	ctx, q := context.Background(), r.question(false)
	if kind := rand.IntN(4); kind > 1 {
		c, cancel := context.WithTimeout(ctx, time.Duration(rand.IntN(3000))*time.Microsecond)
		defer cancel()
		ctx = c
		if kind == 2 {
			q.Deadline, _ = ctx.Deadline()
			q.OwnTime = true
		}
	}
	if w := r.join(q); w != nil {
		r.await(ctx, w, q)
		if late := time.Since(q.Deadline); late > 2*time.Second {
			r.Errorf("%s: %v past its deadline", q.SID, late)
		}
	}
}

// many is a large call.
func (r *rush) many(size int) {
	type waiting struct {
		*Waiter
		q *Question
	}
	defer r.LargeCall()()
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rand.IntN(20))*time.Millisecond)
	defer cancel()
	var line []waiting
	for range size {
		q := r.question(true)
		if w := r.join(q); w != nil {
			line = append(line, waiting{w, q})
		}
	}
	r.Flush()
	for _, w := range line {
		r.await(ctx, w.Waiter, w.q)
	}
}

// run has goroutines make checks, n in all.
func (r *rush) run(n int) {
	const callers = 64
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			for range n / callers {
				switch rand.IntN(100) {
				case 0:
					r.many(100)
				case 1, 2:
					q := r.question(false)
					r.Invalidate([]string{q.SID})
				case 3, 4:
					r.Refresh(r.question(false).SID, time.Now())
				default:
					r.one()
				}
			}
		})
	}
	group.Wait()
}

// idle reports what is left though nobody asks any more, "" for nothing.
func (r *rush) idle() (left string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := &r.dispatcher
	for what, n := range map[string]int{
		"busy": d.busy, "called": d.called, "waiting": d.waiting, "largeBusy": d.largeBusy, "largeCalls": d.largeCalls,
		"lone": d.lone.Len(), "large": d.large.Len(), "live": len(r.live), "superseded": len(r.superseded), "trips": len(r.trips),
		"servers without a batch": r.servers - len(r.standby),
	} {
		if n != 0 {
			left += fmt.Sprintf(" %d %s", n, what)
		}
	}
	if d.lone.last != nil || d.large.last != nil {
		left += " a last batch"
	}
	return left
}

func TestNothingIsLeftOfARushOfChecks(t *testing.T) {
	for _, o := range []Options{
		{InFlight: 1, BatchMax: 500, QueueMax: 100_000, Patience: 100 * time.Millisecond},
		{InFlight: 8, BatchMax: 7, QueueMax: 100_000, Patience: 100 * time.Millisecond},
		{InFlight: 3, BatchMax: 50, QueueMax: 40, Patience: 100 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			r, end := newRush(t, o)
			r.run(4000)
			time.Sleep(10 * time.Second) // until what nobody waits for has ended
			synctest.Wait()
			if left := r.idle(); left != "" {
				t.Errorf("%d in flight:%s", o.InFlight, left)
			}
			end()
			t.Logf("%d landed, %d stale, %d late, %d left, %d refused, %d failed; %d splits", r.landed.Load(), r.stale.Load(), r.late.Load(),
				r.left.Load(), r.refused.Load(), r.failed.Load(), r.carrier.Counters().Splits.Load())
		})
	}
}

// The rush goes on while the client closes. The bubble ends only when no goroutine is left.
func TestCloseInTheMiddleOfARushLeavesNothing(t *testing.T) {
	for range 20 {
		synctest.Test(t, func(t *testing.T) {
			r, end := newRush(t, Options{InFlight: 4, BatchMax: 20, QueueMax: 1000, Patience: 100 * time.Millisecond})
			done := make(chan struct{})
			go func() {
				defer close(done)
				r.run(1000)
			}()
			time.Sleep(time.Duration(rand.IntN(15)) * time.Millisecond)
			end()
			<-done
			synctest.Wait()
			r.standby = nil // what stood by has ended
			if left := r.idle(); left != "" {
				t.Errorf("left:%s", left)
			}
		})
	}
}
