// Command ms1 is the demonstration's MS1, a service that takes orders and checks every SID in them with the SDK.
//
//	MS2_ENDPOINTS=127.0.0.1:8082 go -C examples run ./ms1 -db /tmp/ms1.db
//
// README.md beside it has requests and answers, -h the flags and the variables. Package orders is what a service does with the SDK,
// package service how it sets it up, examples/serve how it serves and ends.
package main

import (
	"os"

	"ms2.internal/lb/examples/ms1/service"
)

func main() { os.Exit(service.Main(os.Args[1:])) }
