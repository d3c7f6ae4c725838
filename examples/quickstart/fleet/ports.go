package fleet

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

// Ports are picked from below those that systems give to outgoing connections (32768 on Linux, 49152 elsewhere): while a
// replica is dead, nothing must be given the port that it comes back to.
const (
	lowestPort = 20000
	pastPorts  = 32000
)

// FreeAddrs finds so many loopback addresses, host:port, that nobody listens on at this moment, each another one.
func FreeAddrs(count int) ([]string, error) {
	var addrs []string
	for range count {
		l, err := listenAnywhere()
		if err != nil {
			return nil, err
		}
		defer l.Close() // once all are found, so that none is found twice
		addrs = append(addrs, l.Addr().String())
	}
	return addrs, nil
}

func listenAnywhere() (net.Listener, error) {
	var err error
	for range 100 {
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(lowestPort+rand.IntN(pastPorts-lowestPort)))
		var l net.Listener
		if l, err = net.Listen("tcp", addr); err == nil {
			return l, nil
		}
	}
	return nil, fmt.Errorf("no free port on 127.0.0.1 from %d to %d: %w", lowestPort, pastPorts-1, err)
}
