package consul_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery/consul"
)

// What Consul's client reads from its own environment stays its own; the address, TLS and tokens have tests elsewhere.
func TestEnvironmentOfConsulReachesTheQuery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		t.Setenv("CONSUL_NAMESPACE", "team")
		t.Setenv("CONSUL_PARTITION", "west")
		t.Setenv("CONSUL_HTTP_AUTH", "user:hunter2")
		t.Setenv("CONSUL_HTTP_TOKEN", "6b1f-secret")
		f := newFakeAgent(t)
		f.set(10, replica("a"))
		config := api.DefaultConfig()
		config.Address, config.Transport = f.api().Address, f.api().Transport
		w := watch(t, newSourceOf(t, consul.Config{Service: "ms2", API: config}))
		for _, q := range f.asked() {
			if q.args["ns"] != "team" || q.args["partition"] != "west" {
				t.Errorf("asked with %v", q.args)
			}
			if q.header.Get("X-Consul-Token") != "6b1f-secret" || !strings.HasPrefix(q.header.Get("Authorization"), "Basic ") {
				t.Errorf("asked with %v", q.header)
			}
		}
		w.wantSet(t, "n/a")
	})
}

func TestTagsFilterNearAndDatacenterArePassedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replica("a"))
		watch(t, newSourceOf(t, consul.Config{
			Service: "ms2", API: f.api(), Datacenter: "dc7",
			Tags: []string{"blue", "v2"}, Filter: `Node.Meta.rack != "r7"`, Near: "_agent",
		}))
		pass(35 * time.Second)
		for _, q := range f.asked() {
			if q.args["dc"] != "dc7" || q.args["near"] != "_agent" || q.args["filter"] != `Node.Meta.rack != "r7"` || q.tags != "blue v2" {
				t.Errorf("asked with %v and tags %q", q.args, q.tags)
			}
		}
		if f.probed() != 1 || f.probes[0].args["dc"] != "dc7" || f.probes[0].args["filter"] == f.asked()[0].args["filter"] {
			t.Errorf("probed with %v", f.probes)
		}
	})
}

func TestNewNamesWhatCannotBePassedOn(t *testing.T) {
	long := strings.Repeat("a", 5000)
	for want, config := range map[string]consul.Config{
		"Config.Datacenter":                        {Datacenter: "a/b"},
		`Config.Failover ""`:                       {Failover: []string{""}},
		`Config.Failover "b": named twice`:         {Failover: []string{"b", "b"}},
		`Config.Failover "a": named twice`:         {Datacenter: "a", Failover: []string{"a"}},
		"Config.Failover names 9":                  {Failover: strings.Split("a b c d e f g h i", " ")},
		"Config.Tags has an empty":                 {Tags: []string{"a", ""}},
		"Config.Tags has 17":                       {Tags: make([]string, 17)},
		"Config.Meta has 65":                       {Meta: make([]string, 65)},
		"Config.Near \"a\\nb\"":                    {Near: "a\nb"},
		"Config.Filter \" \"":                      {Filter: " "},
		"at most 4096 bytes without control chara": {Filter: long},
	} {
		config.Service = "ms2"
		_, err := consul.New(config)
		if err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 600 {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
