// Package pages serves the data of the demonstration's MS2 that browsers show, and later post to MS1 with an order:
//
//   - GET /v1/entities?prefix=usb:046d&kind=product&name=mouse&limit=20 lists entities.
//   - GET /v1/entities/{sid} is one.
//
// With attest=1 in the query each comes with an attestation of its own, so that a browser combines them freely: it sends them on to
// MS1, which then need not ask. An attestation is bound to the user of the request, if there is one.
package pages

import (
	"log/slog"
	"net/http"
	"time"

	"ms2.internal/lb/examples/login"
	"ms2.internal/lb/examples/ms2/catalog"
	"ms2.internal/lb/examples/serve"
	"ms2.internal/lb/sdk/protocol"
)

// Path is that of the list; those of entities are below it.
const Path = "/v1/entities"

// Options set up the pages.
type Options struct {
	// Signer makes the attestations. nil: there are none.
	Signer protocol.Attester

	// Life is how long the Signer's attestations count.
	Life time.Duration

	// Age is how long browsers and caches may keep a page, and NegativeAge that there is no such entity. Whole seconds count; 0: not
	// at all.
	Age, NegativeAge time.Duration

	// Origins are those whose pages may read these ones.
	Origins serve.Origins

	// Log is told why a page could not be made. nil: [slog.Default].
	Log *slog.Logger
}

// Handler serves the pages to GET and HEAD. Errors are problem details (RFC 9457). It is safe for concurrent use.
func Handler(store *catalog.Catalog, o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	p := pages{store, o}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path, p.list)
	mux.HandleFunc("GET "+Path+"/{sid}", p.one)
	mux.Handle(Path, serve.Only("GET, HEAD"))
	mux.Handle(Path+"/{sid}", serve.Only("GET, HEAD"))
	mux.HandleFunc("/", serve.NotFound)
	return o.Origins.Allow(serve.CORS{
		Methods: []string{http.MethodGet},
		Headers: []string{login.Header},
		Exposed: []string{protocol.HeaderAttestation},
	}, mux)
}

type pages struct {
	store *catalog.Catalog
	Options
}

// fail answers for what is our fault. The log says what it is, unless the browser left, as one does at each letter of a search.
func (p pages) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() == nil {
		p.Log.Error("ms2: page", "err", err)
	}
	protocol.WriteProblem(w, protocol.Problem{Status: http.StatusInternalServerError})
}
