package registry

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/consul/api"
)

// patience is how long the agent may take to answer.
const patience = 1500 * time.Millisecond

var (
	errSilent   = fmt.Errorf("no answer within %v", patience)
	errNoLeader = errors.New("it knows no leader of the Consul servers")
)

// ask fails when nothing can be found through the agent: no process is started for that.
func (c Choice) ask(ctx context.Context) error {
	asking, cancel := context.WithTimeoutCause(ctx, patience, errSilent)
	defer cancel()
	err := askAgent(asking, c.Consul)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil: // the user does not wait for it
		return ctx.Err()
	case asking.Err() != nil:
		err = context.Cause(asking)
	}
	return fmt.Errorf("%s names the Consul agent %s, which can't be used: %w; -consul=off does without, -consul=dev starts one", c.From, c.Consul, err)
}

func askAgent(ctx context.Context, address string) error {
	config := api.DefaultNonPooledConfig() // takes token and certificates from Consul's own variables, as MS1 does
	config.Address = address
	client, err := api.NewClient(config)
	if err != nil {
		return err
	}
	leader, err := client.Status().LeaderWithQueryOptions(new(api.QueryOptions).WithContext(ctx))
	if err == nil && leader == "" {
		return errNoLeader
	}
	return err
}
