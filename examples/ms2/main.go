// Command ms2 is one replica of the demonstration's MS2, the service that owns vendors and products.
//
//	go -C examples run ./ms2 -listen 127.0.0.1:8082 -db /tmp/ms2.db
//
// It serves the wire contract of the SDK, the data that browsers show (GET /v1/entities?prefix=usb:046d) and /healthz. With
// -consul or CONSUL_HTTP_ADDR it registers itself there. With -keys FILE it signs attestations: each entity of a page asked for with
// attest=1 comes with one, and /.well-known/jwks.json has the public keys. Package replica below has it all.
package main

import (
	"os"

	"ms2.internal/lb/examples/ms2/replica"
)

func main() { os.Exit(replica.Main(os.Args[1:])) }
