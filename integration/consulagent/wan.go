package consulagent

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/consul/api"
)

// awaitWAN returns when each of the two datacenters answers for the other.
func (c *Cluster) awaitWAN(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	other := c.options.JoinWAN
	if err := c.awaitAnswersFor(ctx, other); err != nil {
		return err
	}
	return other.awaitAnswersFor(ctx, c)
}

func (c *Cluster) awaitAnswersFor(ctx context.Context, other *Cluster) error {
	consul, err := c.Client.API()
	if err != nil {
		return err
	}
	ticker := time.NewTicker(readyPoll)
	defer ticker.Stop()
	for {
		options := &api.QueryOptions{Datacenter: other.options.Datacenter}
		nodes, _, err := consul.Catalog().Nodes(options.WithContext(ctx))
		if err == nil && len(nodes) > 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer for %s: %w", c.options.Datacenter, other.options.Datacenter, err)
		case <-ticker.C:
		}
	}
}
