package fleet

import (
	"os"
	"slices"
	"strings"
)

// Registry says how MS1 finds the replicas.
type Registry struct {
	// Consul is the address of the agent that the replicas register with; "" means that MS1 is given their addresses.
	Consul string

	// Service is the name that they register under.
	Service string

	// Own says that the agent is the quickstart's own: what the environment tells of another one does not apply to it.
	Own bool
}

// environment is that of the quickstart without what would lead its processes to another MS2 or another Consul.
func (r Registry) environment() []string {
	return slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		switch name {
		case "MS2_ENDPOINTS", "MS2_SERVICE", "CONSUL_HTTP_ADDR":
			return true
		}
		return (r.Consul == "" || r.Own) && strings.HasPrefix(name, "CONSUL_")
	})
}

// ms1Environment is what an operator of MS1 would set.
func (r Registry) ms1Environment(endpoints []string) []string {
	if r.Consul == "" {
		return append(r.environment(), "MS2_ENDPOINTS="+strings.Join(endpoints, ","))
	}
	return append(r.environment(), "CONSUL_HTTP_ADDR="+r.Consul, "MS2_SERVICE="+r.Service)
}

// replicaArguments is what an operator of MS2 would say.
func (r Registry) replicaArguments() []string {
	if r.Consul == "" {
		return nil
	}
	return []string{"-consul", r.Consul, "-service", r.Service}
}
