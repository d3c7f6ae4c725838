package replica

import (
	"log/slog"
	"net/http"

	"ms2.internal/lb/examples/ms2/catalog"
	"ms2.internal/lb/examples/ms2/pages"
	"ms2.internal/lb/examples/serve"
	"ms2.internal/lb/examples/web"
	"ms2.internal/lb/sdk/protocol"
)

// routes serves the wire contract, the data for browsers beside it and, with -ms1, the page that shows both. The wire's handler has
// the root: it reads SIDs from the undecoded path. drain is its own.
func (o options) routes(store *catalog.Catalog, signer protocol.Attester, log *slog.Logger) (h http.Handler, drain func()) {
	counts := &counts{}
	fresh := o.fresh
	fresh.Health, fresh.Attester, fresh.Logger = store.Ping, signer, log
	wire := protocol.NewHandler(countedStore{store, counts}, fresh)
	data := counts.data(pages.Handler(store, pages.Options{
		Signer: signer, Life: o.life, Age: o.pageAge, NegativeAge: o.fresh.NegativeMaxAge, Origins: o.browsers.Origins, Log: log,
	}))
	mux := http.NewServeMux()
	mux.Handle(pages.Path, data)
	mux.Handle(pages.Path+"/", data)
	mux.Handle("GET /counts", counts)
	mux.Handle("/counts", serve.Only("GET, HEAD"))
	o.browsers.Mount(mux, web.Site{Service: "MS2", MS1: o.browsers.Other})
	mux.Handle("/", counts.doors(wire))
	return mux, wire.Drain
}
