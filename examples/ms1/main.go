// Command ms1 is the demonstration's MS1, a service that takes orders and checks every SID in them with the SDK.
//
//	MS2_ENDPOINTS=127.0.0.1:8082 go -C examples run ./ms1 -db /tmp/ms1.db
//
// Without MS2_ENDPOINTS it finds MS2 through Consul. With -audience ms1 it believes what MS2 signed for that name: the SDK fetches the
// keys from MS2, which over plain http MS2_KEYS_INSECURE=on must allow. Orders go to POST /orders and come back by GET /orders/{id}; operators
// find /stats and /readyz on a port of their own. Package orders below is what a service does with the SDK, package
// service how it sets it up.
package main

import (
	"os"

	"ms2.internal/lb/examples/ms1/service"
)

func main() { os.Exit(service.Main(os.Args[1:])) }
