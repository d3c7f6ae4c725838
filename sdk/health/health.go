// Package health shows an operator what a client knows of itself: as a page, as JSON, as a stream and as a probe.
//
// Mount [Handler] on a port of its own, which only operators and the orchestrator reach: it tells the addresses of replicas.
//
//	go http.ListenAndServe(":9090", health.Handler(client))
//
// The orchestrator probes the address of the pod, so the port must listen on that and not on 127.0.0.1 alone. It works below a path
// of another mux, too: mux.Handle("/ms2/", http.StripPrefix("/ms2", health.Handler(client))).
//
// What each state, reason and number means, on which to alarm and what to do then is in README.md beside this file.
//
// # Kubernetes
//
// Use /readyz as the startup probe, and as the readiness probe if you like: it turns ready once and stays so until the
// client is closed, whatever becomes of MS2. A service must not be taken out of its load balancer because one that it
// asks is down: all its pods would go at once, while its cache can still answer, and what it does without MS2 with them.
// Do not use it as the liveness probe: a restart does not bring MS2 back, and it empties the cache.
package health

import (
	"net/http"
	"net/url"
	"path"
	"runtime"
	"strings"

	"ms2.internal/lb/sdk"
)

// source is what a handler knows of a client.
type source interface {
	Stats() sdk.Stats
	Done() <-chan struct{}
}

// Handler serves what is known of one client or more, by GET and HEAD:
//
//   - /: a page for operators, which keeps itself up to date.
//   - /stats: [sdk.Stats] as JSON, 200 whatever is wrong; 404 for a name that no client has.
//   - /events: [sdk.Stats] as server-sent events of the name "stats", once a second and within 200 ms of an event; at most 16
//     streams a client, 503 beyond.
//   - /readyz: 200 while every client is ready, else 503. Each is ready from the first time that a replica is known until Close;
//     whether it answers is not asked.
//
// The parameter client chooses among several by name, as in /stats?client=ms2-2; without it the first is meant. Equal names get
// numbers.
//
// It never waits for MS2, for discovery or for another reader, is safe for concurrent use and works on after a client was closed. For
// each client it keeps two minutes of history, by a goroutine that ends when the client is closed or nobody holds the handler any more.
func Handler(c *sdk.Client, more ...*sdk.Client) http.Handler {
	sources := []source{c}
	for _, client := range more {
		sources = append(sources, client)
	}
	return newHandler(sources)
}

// handler serves several clients.
type handler struct {
	mux     *http.ServeMux
	watches []*watch
	servers servers
}

func newHandler(sources []source) *handler {
	h := &handler{mux: http.NewServeMux()}
	h.watches = watchAll(h, sources)
	h.mux.HandleFunc("GET /{$}", h.chosen(h.page))
	h.mux.HandleFunc("GET /stats", h.chosen(stats))
	h.mux.HandleFunc("GET /events", h.chosen(h.events))
	h.mux.HandleFunc("GET /readyz", h.ready)
	return h
}

// ServeHTTP takes a path without its slash, too, as http.StripPrefix("/ms2/", …) leaves it.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if to, astray := slashed(r); astray {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusTemporaryRedirect)
		return
	}
	if !strings.HasPrefix(r.URL.Path, "/") {
		rooted, at := *r, *r.URL
		at.Path, at.RawPath = "/"+at.Path, ""
		rooted.URL = &at
		r = &rooted
	}
	h.mux.ServeHTTP(w, r)
	runtime.KeepAlive(h) // a stream is held as long as somebody looks
}

// slashed leads from the page's address without its slash, below which no other path of ours is, to the one with it.
func slashed(r *http.Request) (to string, astray bool) {
	asked, err := url.ParseRequestURI(r.RequestURI)
	if r.URL.Path != "" || err != nil || asked.Path == "" || strings.HasSuffix(asked.Path, "/") {
		return "", false
	}
	to = "./" + path.Base(asked.EscapedPath()) + "/"
	if asked.RawQuery != "" {
		to += "?" + asked.RawQuery
	}
	return to, true
}

// chosen serves the client that the request names, or the first.
func (h *handler) chosen(serve func(http.ResponseWriter, *http.Request, *watch)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.Query().Get("client")
		for _, c := range h.watches {
			if name == "" || name == c.name {
				serve(w, r, c)
				return
			}
		}
		h.unknown(w, name)
	}
}

// unknown says which clients there are.
func (h *handler) unknown(w http.ResponseWriter, name string) {
	names := make([]string, len(h.watches))
	for i, c := range h.watches {
		names[i] = c.name
	}
	writeJSON(w, http.StatusNotFound, unknownClient{
		Title: "no client of this name", Status: http.StatusNotFound, Client: name, Clients: names,
	})
}

// unknownClient is the answer to a name that no client has.
type unknownClient struct {
	Title   string   `json:"title"`
	Status  int      `json:"status"`
	Client  string   `json:"client"`  // the name that was asked for
	Clients []string `json:"clients"` // the names that there are
}
