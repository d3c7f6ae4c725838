package fleet

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"ms2.internal/lb/examples/quickstart/child"
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

// awaitHealthy waits until /healthz is 200.
func (f *Fleet) awaitHealthy(ctx context.Context, p *child.Process, name, addr string) error {
	err := poll(ctx, p, func() bool {
		response, err := f.get(ctx, "http://"+addr+"/healthz")
		if err != nil {
			return false
		}
		_ = response.Body.Close() // nothing in it matters
		return response.StatusCode == http.StatusOK
	})
	if err != nil {
		return fmt.Errorf("waiting for %s: %w", name, err)
	}
	return nil
}

// get asks a process. The caller closes the body.
func (f *Fleet) get(ctx context.Context, url string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return f.client.Do(request)
}
