package consulagent

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
)

// off is what Consul takes for a port that is not to be used.
const off = -1

// configuration is the agent's own file; the names are Consul's.
type configuration struct {
	NodeName           string         `json:"node_name"`
	Datacenter         string         `json:"datacenter,omitempty"`
	BindAddr           string         `json:"bind_addr"`
	ClientAddr         string         `json:"client_addr"`
	Ports              map[string]int `json:"ports"`
	LogLevel           string         `json:"log_level"`
	DisableUpdateCheck bool           `json:"disable_update_check"` // or it asks on the internet
	Performance        map[string]int `json:"performance"`
	RetryJoin          []string       `json:"retry_join,omitempty"`
	RetryInterval      string         `json:"retry_interval"`
	RetryJoinWAN       []string       `json:"retry_join_wan,omitempty"`
	RetryIntervalWAN   string         `json:"retry_interval_wan"`
}

// joinInterval is how often an agent tries to find the others.
const joinInterval = "250ms"

// writeConfiguration writes the agent's files and returns the arguments that make it read them.
func (a *Agent) writeConfiguration() ([]string, error) {
	text, err := json.Marshal(configuration{
		NodeName:   a.node(),
		Datacenter: a.role.datacenter,
		BindAddr:   "127.0.0.1",
		ClientAddr: "127.0.0.1",
		Ports: map[string]int{
			"http": a.ports.http, "serf_lan": a.ports.serf, "server": a.ports.server,
			"serf_wan": a.wanPort(), "dns": off, "grpc": off, "grpc_tls": off, "https": off,
		},
		LogLevel:           "warn",
		DisableUpdateCheck: true,
		Performance:        map[string]int{"raft_multiplier": 1}, // elections as fast as they get
		RetryJoin:          a.role.join,
		RetryInterval:      joinInterval,
		RetryJoinWAN:       a.role.joinWAN,
		RetryIntervalWAN:   joinInterval,
	})
	if err != nil {
		return nil, err
	}
	own, more := filepath.Join(a.dir, "agent.json"), filepath.Join(a.dir, "more.hcl")
	if err := os.WriteFile(own, text, 0o600); err != nil {
		return nil, err
	}
	if err := os.WriteFile(more, []byte(a.options.Config), 0o600); err != nil {
		return nil, err
	}
	return append(a.mode(), "-config-file="+own, "-config-file="+more), nil
}

func (a *Agent) mode() []string {
	switch a.role.kind {
	case server:
		return []string{"agent", "-server", "-bootstrap-expect=" + strconv.Itoa(a.role.servers), "-data-dir=" + a.dataDir()}
	case client:
		return []string{"agent", "-data-dir=" + a.dataDir()}
	}
	return []string{"agent", "-dev"}
}

// wanPort is where the agent gossips with other datacenters, if it does.
func (a *Agent) wanPort() int {
	if a.role.kind == server && a.role.datacenter != "" {
		return a.ports.wan
	}
	return off
}

func (a *Agent) dataDir() string { return filepath.Join(a.dir, "data") }

// node is the agent's name in its own catalog. It differs between agents, so that one is never taken for another.
func (a *Agent) node() string { return filepath.Base(a.dir) }
