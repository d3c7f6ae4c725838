// Command gateway is the one origin that browsers of the demonstration need: it serves MS2's pages from a shared cache, hands orders on to
// MS1 with MS2's attestations attached, and so spares MS1 its requests to MS2.
//
//	MS2_ENDPOINTS=127.0.0.1:8082 go -C examples run ./gateway -ms1 http://127.0.0.1:8081
//
// README.md beside this file says when to use one. Package sharedcache below is the cache, package attach what goes with an order,
// and package service how both are set up.
package main

import (
	"os"

	"ms2.internal/lb/examples/gateway/service"
)

func main() { os.Exit(service.Main(os.Args[1:])) }
