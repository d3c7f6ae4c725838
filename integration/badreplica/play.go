package main

import (
	"context"
	"sync"
	"time"
)

// outcome is what came of one call.
type outcome struct {
	at      time.Duration // when it was due, since the schedule began
	took    time.Duration // from then to its end
	lag     time.Duration // from then to its beginning: what the machine took, and not the stack
	checks  int
	failed  int // checks without a verdict
	wrong   int // checks with the wrong one
	example error
}

// play calls at the times of the schedule, whatever became of earlier calls, and returns when all have ended.
func play(ctx context.Context, began time.Time, arrivals []arrival, ask func([]string) answer) ([]outcome, error) {
	outcomes := make([]outcome, len(arrivals))
	var asking sync.WaitGroup
	defer asking.Wait()
	for i, a := range arrivals {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Until(began.Add(a.at))):
		}
		asking.Go(func() {
			lag := time.Since(began) - a.at
			got := ask(a.sids)
			outcomes[i] = outcome{a.at, time.Since(began) - a.at, lag, len(a.sids), got.failed, got.wrong, got.example}
		})
	}
	return outcomes, nil
}
