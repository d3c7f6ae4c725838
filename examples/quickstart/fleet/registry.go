package fleet

import (
	"os"
	"slices"
	"strings"
)

// Registry says how MS1 and the gateway find the replicas.
type Registry struct {
	// Consul is the address of the agent that the replicas register with; "" means that the others are given their addresses.
	Consul string

	// Service is the name that they register under.
	Service string

	// Own says that the agent is the quickstart's own: what the environment tells of another one does not apply to it.
	Own bool
}

// environment is that of the quickstart without what would lead its processes to another MS2 or another Consul, or have
// them behave otherwise than the quickstart says.
func (r Registry) environment() []string {
	return slices.DeleteFunc(os.Environ(), func(entry string) bool {
		return strings.HasPrefix(entry, "MS2_") || strings.HasPrefix(entry, "CONSUL_HTTP_ADDR=") ||
			(r.Consul == "" || r.Own) && strings.HasPrefix(entry, "CONSUL_")
	})
}

// ClientEnvironment is the environment of a process that asks MS2, as an operator of MS1 or of the gateway would set it.
// The endpoints are the replicas', for when no Consul tells of them.
func (r Registry) ClientEnvironment(endpoints []string) []string {
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

// Ignored are the variables of the environment that would change MS1 and the gateway, and are not passed on to them.
func Ignored() []string {
	var names []string
	for _, entry := range os.Environ() {
		if name, value, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "MS2_") && value != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
