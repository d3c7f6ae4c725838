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
	serf   int
	server int
}

// pickPorts finds three ports that nobody listens on at this moment.
func pickPorts() (ports, error) {
	var free []int
	for range 1000 {
		port := lowestPort + rand.IntN(pastPorts-lowestPort)
		if isFree(port) && !slices.Contains(free, port) {
			free = append(free, port)
		}
		if len(free) == 3 {
			return ports{http: free[0], serf: free[1], server: free[2]}, nil
		}
	}
	return ports{}, errPortTaken
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
