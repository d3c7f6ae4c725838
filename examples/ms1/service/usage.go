package service

import (
	"flag"
	"fmt"
)

const paths = `It serves:

  POST /orders        an order: 201 with what was stored and how each SID was checked, 422 with the SIDs that are bad
  GET  /orders/{id}   an order as it was stored

  curl -H 'Content-Type: application/json' http://127.0.0.1:8081/orders -d '{"customer":"Ada","source":"fetched","lines":[
    {"product":{"sid":"usb:046d:c52b","name":"Unifying Receiver"},"vendor":{"sid":"usb:046d","name":"Logitech, Inc."},"quantity":2}]}'
`

const environment = `MS2 is found and asked as the environment says, which the SDK reads:

  MS2_ENDPOINTS=127.0.0.1:8082   the replicas; without it they are found through Consul
  MS2_SERVICE, CONSUL_HTTP_ADDR  what MS2 is called in Consul (ms2), and where its agent is
  MS2_KEYS_INSECURE=on           lets -audience fetch MS2's keys over plain http; MS2_KEYS_FILE has them instead
  MS2_TIMEOUT                    how long a check may take (2s)

The SDK's README lists all of them.
`

func (v Variant) usage(f *flag.FlagSet) {
	fmt.Fprintf(f.Output(), "Usage: %s [flags]\n\n%s %s%s\nFlags:\n", v.Name, v.About, paths, v.Environment)
	f.PrintDefaults()
}
