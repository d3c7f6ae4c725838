package delivery

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/sdk/internal/attempt"
)

// Carrier carries batches. It may be used concurrently.
type Carrier struct {
	options     Options
	balancer    *balancer.Balancer
	sender      *attempt.Sender
	finder      Finder
	budget      *budget
	counters    Counters
	agreements  agreements
	troubles    troubles
	latencies   latencies
	runsOn      runsOn
	forwards    forwards
	pulse       pulse
	running     sync.WaitGroup         // probes
	lastFailure atomic.Pointer[failed] // of any batch, to say why no replica is left
}

// Options say how batches are carried. All of them were checked before.
type Options struct {
	Context        context.Context // ends when the client closes, with ErrClosed for its cause
	Timeout        time.Duration   // of a forwarded request, until its answer begins
	AttemptTimeout time.Duration   // of one request to one replica
	Attempts       int             // at one batch that may fail
	Backoff        time.Duration   // the first pause before a replica is asked again
	Budget         float64         // extra requests for each batch

	// OnBudgetEmpty is called each time that an extra attempt is refused since the budget is used up; nil for none. It must not block.
	OnBudgetEmpty func()

	// OnFault is called for each fault of the adopter's code, with an error in words that hold no SID; nil for none. It must not block.
	OnFault func(error)
}

// Finder knows what discovery told.
type Finder interface {
	First() <-chan struct{}  // closed once a first set was told, though it be empty, and when there will be none
	Explain(err error) error // adds to an error why no replica is known
}

// New returns a carrier that picks by b, asks by s, and has f explain why no replica is known.
func New(o Options, b *balancer.Balancer, s *attempt.Sender, f Finder) *Carrier {
	return &Carrier{options: o, balancer: b, sender: s, finder: f, budget: newBudget(o.Budget, o.OnBudgetEmpty)}
}

// Wait waits for forwards and probes to end, which they do once Options.Context has ended, until ctx does. No forward begins any
// more.
func (c *Carrier) Wait(ctx context.Context) error {
	if err := c.forwards.wait(ctx); err != nil {
		return err
	}
	return Wait(ctx, &c.running)
}

// Wait waits for requests to end, until ctx does.
func Wait(ctx context.Context, requests *sync.WaitGroup) error {
	done := make(chan struct{})
	go func() {
		requests.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return errors.New("a request did not end")
	}
}

// unpicked says why no replica could be asked, and what failed last.
func (c *Carrier) unpicked(t *trail, err error) error {
	switch {
	case errors.Is(err, balancer.ErrNoReplicas):
		return t.failure(c.finder.Explain(ErrNoReplicas))
	case errors.Is(err, balancer.ErrCircuitOpen):
		err = ErrCircuitOpen
	default: // all rest for longer than the callers wait
		err = fmt.Errorf("%w, which outlasts the deadline: %w", err, context.DeadlineExceeded)
	}
	if last := c.LastFailure(time.Time{}); last != nil {
		return &Failure{Replica: last.Replica, Status: last.Status, Attempts: t.attempts, Cause: last.Cause, Err: fmt.Errorf("%w; last: %w", err, last.Err)}
	}
	return t.failure(err)
}

// failed is a failure and when it was.
type failed struct {
	*Failure
	at time.Time
}

// LastFailure is the last failure or refusal of any batch, if it came after then; nil else.
func (c *Carrier) LastFailure(then time.Time) *Failure {
	if last := c.lastFailure.Load(); last != nil && last.at.After(then) {
		return last.Failure
	}
	return nil
}

// closedOr is ErrClosed once the client closes, and err before.
func (c *Carrier) closedOr(err error) error {
	if c.options.Context.Err() != nil {
		return ErrClosed
	}
	return err
}

func isClosed(ch <-chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
		return false
	}
}
