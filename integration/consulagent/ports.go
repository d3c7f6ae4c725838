package consulagent

import (
	"errors"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
)

// Ports are picked from below those that systems give to outgoing connections (32768 on Linux, 49152 elsewhere): a
// client under test that dials while the agent is down must not be given the agent's own port.
const (
	lowestPort = 20000
	pastPorts  = 32000
)

// ports are the loopback ports of one agent.
type ports struct {
	http   int
	serf   int // gossip within the datacenter
	wan    int // gossip between datacenters
	server int
}

const portsEach = 4

// pickPorts finds ports for a number of agents, all different, that nobody listens on at this moment.
func pickPorts(agents int) ([]ports, error) {
	free, err := freePorts(agents * portsEach)
	if err != nil {
		return nil, err
	}
	var picked []ports
	for own := range slices.Chunk(free, portsEach) {
		picked = append(picked, ports{http: own[0], serf: own[1], wan: own[2], server: own[3]})
	}
	return picked, nil
}

func freePorts(count int) ([]int, error) {
	var free []int
	for range 1000 {
		if len(free) == count {
			return free, nil
		}
		port := lowestPort + rand.IntN(pastPorts-lowestPort)
		if isFree(port) && !slices.Contains(free, port) {
			free = append(free, port)
		}
	}
	return nil, errPortTaken
}

// isFree tells whether the port can be listened on, both for streams and for datagrams: gossip needs both.
func isFree(port int) bool {
	addr := loopback(port)
	stream, err := net.Listen("tcp", addr)
	if err != nil {
		return false
	}
	datagrams, err := net.ListenPacket("udp", addr)
	if err == nil {
		err = datagrams.Close()
	}
	return errors.Join(err, stream.Close()) == nil
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
