package replica

import (
	"flag"
	"fmt"
)

const about = `Usage: ms2 [flags]

One replica of MS2, the service that owns vendors and products. It serves:

  GET  /v1/entities?kind=vendor&name=logitech   entities, as JSON: prefix, kind, name and limit choose
  GET  /v1/entities/usb:046d:c52b               one entity; attest=1 adds MS2's signature, for the user in Demo-User
  POST /v1/sids:validate                        the batch door of the SDK: {"items":[{"sid":"usb:046d:c52b"}]}
  GET  /v1/sids/usb:046d:c52b                   the single door
  GET  /.well-known/jwks.json                   the keys of attestations, with -keys
  GET  /healthz                                 200, and 503 once the replica leaves
  GET  /counts                                  requests and SIDs since the start

  curl 'http://127.0.0.1:8082/v1/entities/usb:046d:c52b'
  {"sid":"usb:046d:c52b","kind":"product","name":"Unifying Receiver","version":"1"}

With -consul it registers there. Of the environment it reads CONSUL_HTTP_ADDR and Consul's other variables, and no MS2_ one.

Flags:
`

func usage(f *flag.FlagSet) {
	fmt.Fprint(f.Output(), about)
	f.PrintDefaults()
}
