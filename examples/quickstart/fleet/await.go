package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"ms2.internal/lb/examples/quickstart/child"
	"ms2.internal/lb/sdk"
)

// pollEvery is how often something that is awaited is looked at.
const pollEvery = 20 * time.Millisecond

// poll waits until the process is as it should be, or has ended by itself.
func poll(ctx context.Context, p *child.Process, done func() bool) error {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		if err := p.Failure(); err != nil { // first: a stranger may answer on its port
			return err
		}
		if done() {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; its last words:\n%s", ctx.Err(), p.Tail())
		case <-ticker.C:
		}
	}
}

// get asks a process. The caller closes the body.
func (f *Fleet) get(ctx context.Context, url string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return f.client.Do(request)
}

// Stats is what MS1's client knows of itself, from MS1's port for operators.
func (f *Fleet) Stats(ctx context.Context) (sdk.Stats, error) {
	var stats sdk.Stats
	response, err := f.get(ctx, "http://"+f.health+"/stats")
	if err != nil {
		return stats, fmt.Errorf("statistics of MS1: %w", err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&stats); err != nil {
		return stats, fmt.Errorf("statistics of MS1: %w", err)
	}
	return stats, nil
}
