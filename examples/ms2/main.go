// Command ms2 is one replica of the demonstration's MS2, the service that owns vendors and products.
//
//	go -C examples run ./ms2 -db /tmp/ms2.db -keys /tmp/ms2-keys.json
//
// README.md beside it has requests and answers, -h the flags. Package replica has the wiring that an MS2 team copies, package pages
// the data for browsers with attestations beside it, package catalog a store.
package main

import (
	"os"

	"ms2.internal/lb/examples/ms2/replica"
)

func main() { os.Exit(replica.Main(os.Args[1:])) }
