package replica

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"ms2.internal/lb/examples/ms2/catalog"
	"ms2.internal/lb/sdk/protocol"
)

// pages serve the data that browsers show, and later post to MS1 with an order.
type pages struct {
	store  *catalog.Catalog
	signer protocol.Attester // nil: nothing is attested
	log    *slog.Logger
}

// routes puts the pages beside the wire's handler, which has the root: it reads SIDs from the undecoded path.
//
//   - GET /v1/entities?prefix=usb:046d&kind=product&limit=20 lists entities.
//   - GET /v1/entities/{sid} is one.
//
// With attest=1 in the query each comes with an attestation of its own, so that a browser combines them freely.
func routes(wire http.Handler, store *catalog.Catalog, signer protocol.Attester, log *slog.Logger) http.Handler {
	p := pages{store, signer, log}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/entities", p.list)
	mux.HandleFunc("GET /v1/entities/{sid}", p.one)
	mux.Handle("/", wire)
	return mux
}

const (
	usualPage    = 50
	largestPage  = 5000
	attestedPage = 100 // the largest with attestations: each costs some 30 µs
)

func (p pages) list(w http.ResponseWriter, r *http.Request) {
	query, limit := r.URL.Query(), usualPage
	if text := query.Get("limit"); text != "" {
		var err error
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > largestPage {
			protocol.WriteProblem(w, protocol.Problem{Status: http.StatusBadRequest, Detail: "limit is not a number from 1 to " + strconv.Itoa(largestPage)})
			return
		}
	}
	entities, err := p.store.List(r.Context(), catalog.Filter{Prefix: query.Get("prefix"), Kind: query.Get("kind")}, limit)
	if err == nil {
		err = p.attest(r, entities)
	}
	p.answer(w, map[string]any{"entities": entities}, err)
}

func (p pages) one(w http.ResponseWriter, r *http.Request) {
	sid := r.PathValue("sid")
	e, err := p.store.Entity(r.Context(), sid)
	if errors.Is(err, catalog.ErrUnknown) {
		protocol.WriteProblem(w, protocol.Problem{Type: protocol.ProblemUnknownSID, Title: "Unknown SID", Status: http.StatusNotFound, SIDs: []string{sid}})
		return
	}
	list := []catalog.Entity{e}
	if err == nil {
		err = p.attest(r, list)
	}
	p.answer(w, list[0], err)
}

// attest signs for each entity, where the request asks for it.
func (p pages) attest(r *http.Request, entities []catalog.Entity) error {
	if p.signer == nil || r.URL.Query().Get("attest") != "1" {
		return nil
	}
	for i := range entities[:min(len(entities), attestedPage)] {
		var err error
		e := &entities[i]
		if e.Attestation, err = p.signer.Sign("", protocol.Attested{SID: e.SID, Kind: e.Kind, Version: e.Version}); err != nil {
			return err
		}
	}
	return nil
}

func (p pages) answer(w http.ResponseWriter, body any, err error) {
	if err != nil {
		p.log.Error("ms2: page", "err", err)
		protocol.WriteProblem(w, protocol.Problem{Status: http.StatusInternalServerError})
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body) // the browser left
}
