package pages

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"ms2.internal/lb/examples/ms2/catalog"
	"ms2.internal/lb/sdk/protocol"
)

const (
	usualLimit   = 50
	largestLimit = 5000

	// mostAttested are the entities of a list that get an attestation, the first ones: each costs some 30 µs.
	mostAttested = 100
)

// list answers GET /v1/entities.
func (p pages) list(w http.ResponseWriter, r *http.Request) {
	filter, limit, err := wish(r.URL.Query())
	if err != nil {
		protocol.WriteProblem(w, protocol.Problem{Status: http.StatusBadRequest, Detail: err.Error()})
		return
	}
	asked := time.Now()
	entities, err := p.store.List(r.Context(), filter, limit)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	v := p.visit(r, asked)
	for i := range entities[:min(len(entities), mostAttested)] {
		if err := v.attest(&entities[i]); err != nil {
			p.fail(w, r, err)
			return
		}
	}
	v.answer(w, r, map[string]any{"entities": entities}, "")
}

// wish reads which entities are asked for, and how many at most.
func wish(query url.Values) (catalog.Filter, int, error) {
	filter := catalog.Filter{Prefix: query.Get("prefix"), Kind: query.Get("kind"), Name: query.Get("name")}
	if filter.Kind != "" && filter.Kind != "vendor" && filter.Kind != "product" {
		return filter, 0, errors.New("kind is neither vendor nor product: leave it out for both")
	}
	limit, err := limitOf(query.Get("limit"))
	return filter, limit, err
}

func limitOf(text string) (int, error) {
	if text == "" {
		return usualLimit, nil
	}
	limit, err := strconv.Atoi(text)
	if err != nil || limit < 1 || limit > largestLimit {
		return 0, fmt.Errorf("limit is not a number from 1 to %d", largestLimit)
	}
	return limit, nil
}
