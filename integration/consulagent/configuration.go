package consulagent

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// configuration is the agent's own file; the names are Consul's.
type configuration struct {
	NodeName           string         `json:"node_name"`
	BindAddr           string         `json:"bind_addr"`
	ClientAddr         string         `json:"client_addr"`
	Ports              map[string]int `json:"ports"`
	LogLevel           string         `json:"log_level"`
	DisableUpdateCheck bool           `json:"disable_update_check"` // or it asks on the internet
	Performance        map[string]int `json:"performance"`
}

// writeConfiguration writes the agent's files and returns the arguments that make it read them.
func (a *Agent) writeConfiguration() ([]string, error) {
	const off = -1
	text, err := json.Marshal(configuration{
		NodeName:   a.node(),
		BindAddr:   "127.0.0.1",
		ClientAddr: "127.0.0.1",
		Ports: map[string]int{
			"http": a.ports.http, "serf_lan": a.ports.serf, "server": a.ports.server,
			"serf_wan": off, "dns": off, "grpc": off, "grpc_tls": off, "https": off,
		},
		LogLevel:           "warn",
		DisableUpdateCheck: true,
		Performance:        map[string]int{"raft_multiplier": 1}, // elections as fast as they get
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
	if a.options.Keep {
		return []string{"agent", "-server", "-bootstrap-expect=1", "-data-dir=" + a.dataDir()}
	}
	return []string{"agent", "-dev"}
}

func (a *Agent) dataDir() string { return filepath.Join(a.dir, "data") }

// node is the agent's name in its own catalog. It differs between agents, so that one is never taken for another.
func (a *Agent) node() string { return filepath.Base(a.dir) }
