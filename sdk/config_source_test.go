package sdk_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
)

func TestAConsulVariableThatCannotBeUsedIsNamed(t *testing.T) {
	for variable, cfg := range map[string]sdk.Config{
		"MS2_SERVICE":           {Service: "a/b"},
		"MS2_CONSUL_DATACENTER": {ConsulDatacenter: "east west"},
		"MS2_CONSUL_FAILOVER":   {ConsulFailover: []string{"a/b"}},
		"MS2_CONSUL_TAGS":       {ConsulTags: []string{strings.Repeat("x", 300)}},
		"MS2_CONSUL_FILTER":     {ConsulFilter: strings.Repeat("x", 5000)},
		"MS2_CONSUL_NEAR":       {ConsulNear: strings.Repeat("x", 300)},
		"MS2_REMEMBER_FILE":     {RememberFile: filepath.Join(t.TempDir(), "no", "such", "directory", "set.json")},
		"CONSUL_HTTP_ADDR":      {ConsulEmptyGrace: sdk.Off},
	} {
		t.Run(variable, func(t *testing.T) {
			if variable == "CONSUL_HTTP_ADDR" {
				t.Setenv(variable, "http://[::1")
			}
			c, err := sdk.New(cfg)
			if err == nil {
				c.Close()
			}
			if err == nil || !strings.Contains(err.Error(), variable) {
				t.Errorf("got %v, want an error that names %s", err, variable)
			}
		})
	}
}

// registry tells of a set, or of nothing but an error.
type registry struct{ set []discovery.Instance }

func (r registry) Watch(ctx context.Context, update func(discovery.Snapshot)) error {
	s := discovery.Snapshot{Source: "registry", Instances: r.set}
	if r.set == nil {
		s.Err = errors.New("the registry is down")
	}
	update(s)
	<-ctx.Done()
	return ctx.Err()
}

func TestAStartWithoutTheRegistryHasTheRememberedSet(t *testing.T) {
	cfg := sdk.Config{RememberFile: filepath.Join(t.TempDir(), "set.json")}
	for _, set := range [][]discovery.Instance{{{ID: "a", Addr: "a.test:80", Weight: 1}}, nil} {
		c, err := sdk.New(cfg, sdk.WithSource(registry{set}))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Ready(t.Context()); err != nil {
			t.Error(err)
		}
		s := c.Stats()
		if len(s.Replicas) != 1 || s.Replicas[0].ID != "a" {
			t.Errorf("got replicas %+v", s.Replicas)
		}
		if remembered := strings.HasPrefix(s.Discovery.Source, "remembered"); remembered != (set == nil) || s.Discovery.Stale != remembered {
			t.Errorf("with the registry telling %v: %+v", set, s.Discovery)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}
