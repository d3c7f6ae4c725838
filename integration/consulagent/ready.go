package consulagent

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/hashicorp/consul/api"
)

// awaitReady returns when the agent leads its cluster and knows itself.
func (a *Agent) awaitReady(ctx context.Context, p *process) error {
	client, err := a.client(&http.Transport{DisableKeepAlives: true})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	ticker := time.NewTicker(readyPoll)
	defer ticker.Stop()
	for !a.isReady(ctx, client) {
		select {
		case <-p.exited:
			return a.exitedEarly()
		case <-ctx.Done():
			return fmt.Errorf("the Consul agent does not answer: %w; its log:\n%s", ctx.Err(), a.Log())
		case <-ticker.C:
			if a.lacksPort() {
				return a.exitedEarly() // it will, but takes 10 seconds for it
			}
		}
	}
	return nil
}

// isReady asks the catalog for the agent's own node. The question is answered by a leader only, and not by a stranger
// that happens to have the agent's port.
func (a *Agent) isReady(ctx context.Context, client *api.Client) bool {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	node, _, err := client.Catalog().Node(a.node(), new(api.QueryOptions).WithContext(ctx))
	return err == nil && node != nil
}
