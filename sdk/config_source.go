package sdk

import (
	"fmt"
	"strings"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/discovery/consul"
)

// source is where replicas are found: the adopter's own source, fixed endpoints, or Consul; remembered on disk if asked to.
func (c Config) source(o options) (discovery.Source, error) {
	source := o.source
	var err error
	switch {
	case source != nil:
	case len(c.Endpoints) > 0:
		return discovery.NewStatic(c.Endpoints...)
	default:
		source, err = c.consulSource()
	}
	if err != nil || c.RememberFile == "" {
		return source, err
	}
	return c.remember(source)
}

func (c Config) consulSource() (discovery.Source, error) {
	source, err := consul.New(c.consul())
	if err != nil {
		return nil, fmt.Errorf("ms2: %s", inVariables.Replace(err.Error()))
	}
	return source, nil
}

// remember keeps on disk what source tells.
func (c Config) remember(source discovery.Source) (discovery.Source, error) {
	remembered, err := discovery.NewRemember(c.RememberFile, c.Service, 0, source)
	if err != nil {
		return nil, fmt.Errorf("ms2: MS2_REMEMBER_FILE=%q: %w", c.RememberFile, err)
	}
	return remembered, nil
}

func (c Config) consul() consul.Config {
	return consul.Config{
		Service:    c.Service,
		Datacenter: c.ConsulDatacenter,
		Failover:   c.ConsulFailover,
		Tags:       c.ConsulTags,
		Filter:     c.ConsulFilter,
		Near:       c.ConsulNear,
		Wait:       c.ConsulWait,
		EmptyGrace: max(c.ConsulEmptyGrace, 0),
		TrustEmpty: c.ConsulEmptyGrace == time.Duration(Off),
	}
}

// inVariables words an error of the Consul source for those who know the variables and not its fields.
var inVariables = strings.NewReplacer(
	"consul.Config.Service", "MS2_SERVICE",
	"consul.Config.Datacenter", "MS2_CONSUL_DATACENTER",
	"consul.Config.Failover", "MS2_CONSUL_FAILOVER",
	"consul.Config.Tags", "MS2_CONSUL_TAGS",
	"consul.Config.Filter", "MS2_CONSUL_FILTER",
	"consul.Config.Near", "MS2_CONSUL_NEAR",
)
