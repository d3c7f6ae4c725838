package service

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"ms2.internal/lb/examples/gateway/attach"
	"ms2.internal/lb/examples/gateway/sharedcache"
	"ms2.internal/lb/examples/serve"
	"ms2.internal/lb/examples/web"
)

// routes is all that the gateway serves. ms2 and ms1 are the ways to the two services.
func (o options) routes(ms2, ms1 http.RoundTripper, health http.Handler, log *slog.Logger) (http.Handler, error) {
	cache, err := sharedcache.New(ms2, sharedcache.Options{Entries: o.cache})
	if err != nil {
		return nil, fmt.Errorf("-cache: %w", err)
	}
	attacher, err := attach.New(cache, attach.Options{SIDs: o.sids})
	if err != nil {
		return nil, fmt.Errorf("-sids: %w", err)
	}
	mux := http.NewServeMux()
	for _, path := range []string{"/v1/entities", "/v1/entities/{sid}"} {
		mux.Handle("GET "+path, toMS2(cache, log))
		mux.Handle(path, serve.Only("GET, HEAD"))
	}
	for _, path := range []string{"/orders", "/orders/{id}"} {
		mux.Handle(path, toMS1(o.ms1, ms1, attacher, log))
	}
	page := web.Handler(web.Site{Service: "the gateway", Gateway: true, Links: o.links})
	mux.Handle("GET /{$}", page)
	mux.Handle("GET /web/", page)
	mux.Handle("GET /healthz", health)
	mux.HandleFunc("GET /counts", func(w http.ResponseWriter, _ *http.Request) {
		counts{cache.Counts(), attacher.Attached()}.write(w)
	})
	mux.HandleFunc("/", serve.NotFound)
	return level(mux), nil
}

// level answers 404 for paths that lead upwards. The mux takes %2e%2e for a name, and who stands behind may not.
func level(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for segment := range strings.SplitSeq(r.URL.Path, "/") {
			if segment == "." || segment == ".." {
				serve.NotFound(w, r)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// counts are what the gateway did since its start.
type counts struct {
	sharedcache.Counts
	Attached int64 `json:"attached"` // attestations that went to MS1 with orders
}

func (c counts) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(c) // who asked may be gone
}
