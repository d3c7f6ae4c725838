package live

import (
	"os"
	"strings"

	"ms2.internal/lb/examples/quickstart/faults"
	"ms2.internal/lb/examples/quickstart/fleet"
)

// openWay opens a way to Consul that can be cut, or says why there is none. An agent that is not the quickstart's own is left
// alone, too: the way is MS1's only.
func openWay(r fleet.Registry) (way *faults.Way, noWay string, err error) {
	agent := strings.TrimPrefix(r.Consul, "http://")
	switch {
	case r.Consul == "":
		return nil, "MS1 was told the addresses of the replicas; start the quickstart with -consul=dev to have it ask a Consul", nil
	case strings.Contains(agent, "/") || !r.Own && os.Getenv("CONSUL_HTTP_SSL") != "":
		return nil, "the agent is reached by TLS or a socket, which can't be cut; start the quickstart with -consul=dev", nil
	}
	addrs, err := fleet.FreeAddrs(1)
	if err != nil {
		return nil, "", err
	}
	way, err = faults.NewWay(addrs[0], agent)
	return way, "", err
}
