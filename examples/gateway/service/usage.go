package service

import (
	"flag"
	"fmt"
)

const about = `Usage: gateway -ms1 URL [flags]

One origin for browsers before MS1 and MS2. It attaches MS2's attestations to orders, so that MS1 need not ask MS2. It serves:

  GET   /v1/entities, /v1/entities/{sid}   MS2's pages, from a shared cache where HTTP allows
  POST  /orders                            to MS1, with an attestation of each SID in it: the first 16 of them
  any   /orders, /orders/{id}              to MS1
  GET   /                                  the page of the demonstration
  GET   /counts                            {"forwarded","hits","misses","coalesced","attached"} since its start: requests that went on
                                           to MS2, cache hits and misses, misses that shared a request, and attestations attached
  GET   /healthz                           200, or 503 once it leaves

MS2 is found and asked as the environment says, which the SDK reads:

  MS2_ENDPOINTS=127.0.0.1:8082   the replicas; without it they are found through Consul
  MS2_SERVICE, CONSUL_HTTP_ADDR  what MS2 is called in Consul (ms2), and where its agent is
  MS2_TIMEOUT                    how long MS2 may take to begin an answer (2s)

The SDK's README lists all of them.

Flags:
`

func usage(f *flag.FlagSet) {
	fmt.Fprint(f.Output(), about)
	f.PrintDefaults()
}
