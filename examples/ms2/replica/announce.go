package replica

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"time"

	"github.com/hashicorp/consul/api"
)

const (
	// askEvery is how often the agent is asked whether it still knows the replica: one that was restarted does not.
	askEvery = 2 * time.Second

	// agentPatience is how long one call of the agent may take.
	agentPatience = 2 * time.Second
)

// registration keeps a replica registered.
type registration struct {
	agent   *api.Agent
	service *api.AgentServiceRegistration
	log     *slog.Logger
}

// announce registers the replica when a Consul agent is named, and keeps it so until ctx ends. An agent that can't be
// reached stops nothing: it is asked again. leave takes the registration back; call it once.
func announce(ctx context.Context, o options, log *slog.Logger) (leave func(), err error) {
	if o.consul == "" {
		return func() {}, nil
	}
	config := api.DefaultConfig() // takes token and certificates from Consul's own variables
	config.Address = o.consul
	client, err := api.NewClient(config)
	if err != nil {
		return nil, fmt.Errorf("-consul: %w", err)
	}
	service, err := o.registration()
	if err != nil {
		return nil, err
	}
	r := &registration{client.Agent(), service, log}
	ctx, stop := context.WithCancel(ctx)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		r.keep(ctx)
	}()
	return func() {
		stop()
		<-stopped // else it might register again
		r.end()
	}, nil
}

func (o options) registration() (*api.AgentServiceRegistration, error) {
	host, port, err := net.SplitHostPort(o.advertise)
	if err != nil {
		return nil, err
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, fmt.Errorf("the port of %s is no number, as Consul wants it: %w", o.advertise, err)
	}
	s := &api.AgentServiceRegistration{
		ID: o.id, Name: o.service, Address: host, Port: number,
		Weights: &api.AgentWeights{Passing: o.weight, Warning: 1},
		Check: &api.AgentServiceCheck{
			HTTP: "http://" + o.advertise + "/healthz", Interval: "1s", Timeout: "1s",
			Status:                         api.HealthPassing, // it answers already
			DeregisterCriticalServiceAfter: "1m",
		},
	}
	if o.zone != "" {
		s.Meta = map[string]string{"zone": o.zone}
	}
	return s, nil
}

// keep registers, and again whenever the agent does not know the replica, until ctx ends. It begins so in any case: what
// the agent knows may be of an earlier run.
func (r *registration) keep(ctx context.Context) {
	ticker := time.NewTicker(askEvery)
	defer ticker.Stop()
	for known := false; ; {
		var err error
		if known, err = r.ensure(ctx, known); err != nil && ctx.Err() == nil {
			r.log.Warn("ms2: not registered in Consul, trying again", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// ensure registers unless the agent knows the replica, and returns whether it does now.
func (r *registration) ensure(ctx context.Context, known bool) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, agentPatience)
	defer cancel()
	if known {
		if _, _, err := r.agent.Service(r.service.ID, new(api.QueryOptions).WithContext(ctx)); err == nil {
			return true, nil
		}
	}
	if err := r.agent.ServiceRegisterOpts(r.service, api.ServiceRegisterOpts{}.WithContext(ctx)); err != nil {
		return false, err
	}
	r.log.Info("ms2: registered in Consul", "service", r.service.Name, "id", r.service.ID)
	return true, nil
}

// end deregisters. When it fails, Consul's check fails soon, and Consul forgets the replica by itself.
func (r *registration) end() {
	ctx, cancel := context.WithTimeout(context.Background(), agentPatience)
	defer cancel()
	if err := r.agent.ServiceDeregisterOpts(r.service.ID, new(api.QueryOptions).WithContext(ctx)); err != nil {
		r.log.Warn("ms2: not deregistered from Consul", "err", err)
	}
}
