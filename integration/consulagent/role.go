package consulagent

// kind is what sort of agent one is.
type kind int

const (
	dev    kind = iota // a server that keeps nothing
	server             // keeps the catalog, elects a leader, may be elected
	client             // passes questions on to servers, as the agent of a host does
)

// role is what an agent is to the others of its cluster.
type role struct {
	kind       kind
	servers    int      // how many elect the leader
	datacenter string   // "" for an agent that is alone
	join       []string // where the others of its datacenter gossip
	joinWAN    []string // where the servers of another datacenter do
}

var (
	development = role{kind: dev}
	lone        = role{kind: server, servers: 1}
)
