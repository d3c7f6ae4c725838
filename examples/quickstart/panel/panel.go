// Package panel is a page with a switch for each fault of package faults, for people, and the same as JSON, for tests.
//
//	GET  /          the page
//	GET  /faults    what is on, as JSON
//	POST /faults    {"replica":"replica 1","fault":"kill","on":true}, as JSON or as a form; answers what is on
//	POST /end       turns all off
//
// It stops processes on request, so nobody but the user of this machine may: it is served on loopback, to requests that
// name that address as their host, and takes no POST that a page of another origin makes a browser send.
package panel

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"ms2.internal/lb/examples/quickstart/faults"
	"ms2.internal/lb/examples/serve"
	"ms2.internal/lb/sdk/protocol"
)

// Options say what the panel is about.
type Options struct {
	// Set is what can be wrong.
	Set *faults.Set

	// HealthPage is the URL of the page that shows what comes of it.
	HealthPage string

	// Summary returns the sentence that MS1's client has for how it is. It may be called concurrently.
	Summary func(context.Context) (string, error)

	// Told is called with each change that succeeded, in words; nil for nobody. It may be called concurrently.
	Told func(what string)
}

// Handler serves the panel to requests whose host is addr, the host:port that it listens on, or localhost at that port. When life
// ends, changes under way are given up.
func Handler(life context.Context, addr string, o Options) http.Handler {
	p := panel{o, life}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.page)
	mux.Handle("GET /assets/", assets)
	mux.HandleFunc("GET /faults", p.list)
	mux.HandleFunc("POST /faults", p.change)
	mux.HandleFunc("POST /end", p.end)
	mux.Handle("/{$}", serve.Only("GET, HEAD"))
	mux.Handle("/faults", serve.Only("GET, HEAD, POST"))
	mux.Handle("/end", serve.Only("POST"))
	mux.HandleFunc("/", serve.NotFound)
	return guarded(addr, mux)
}

// panel is the options at work.
type panel struct {
	Options
	life context.Context
}

// guarded keeps out what is sent by pages of others: a name of theirs that leads here (DNS rebinding), and their forms and scripts.
func guarded(addr string, next http.Handler) http.Handler {
	foreign := http.NewCrossOriginProtection()
	foreign.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusForbidden, errors.New("a page of another origin may not change anything here"))
	}))
	_, port, _ := net.SplitHostPort(addr)
	inside := foreign.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if r.Host != addr && r.Host != "localhost:"+port {
			refuse(w, http.StatusMisdirectedRequest, errors.New("the panel is at http://"+addr+"/ alone"))
			return
		}
		inside.ServeHTTP(w, r)
	})
}

// policy lets the page load and ask nothing but this server. An icon is one that is in the page.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// patience is how long a change may take: a replica that starts is waited for.
const patience = 30 * time.Second

// change switches one fault.
func (p panel) change(w http.ResponseWriter, r *http.Request) {
	c, err := readChange(w, r)
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	ctx, cancel := p.lasting()
	defer cancel()
	p.answer(w, r, p.Set.Switch(ctx, c.Replica, c.Fault, *c.On), c.String())
}

// end switches all off.
func (p panel) end(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := p.lasting()
	defer cancel()
	p.answer(w, r, p.Set.End(ctx), "all faults are over")
}

// lasting is the time for a change, which goes on when the asker leaves: half a change is none that anybody wanted.
func (p panel) lasting() (context.Context, context.CancelFunc) {
	return context.WithTimeout(p.life, patience)
}

// answer says what came of a change: to a form by the page, to a script by what is on.
func (p panel) answer(w http.ResponseWriter, r *http.Request, err error, what string) {
	if err != nil {
		refuse(w, statusOf(err), err)
		return
	}
	if p.Told != nil {
		p.Told(what)
	}
	if isForm(r) && r.Header.Get("Accept") != "application/json" {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	p.list(w, r)
}

func statusOf(err error) int {
	switch {
	case errors.Is(err, faults.ErrUnknownReplica):
		return http.StatusNotFound
	case errors.Is(err, faults.ErrConflict):
		return http.StatusConflict
	case errors.Is(err, faults.ErrUnknownFault):
		return http.StatusBadRequest
	}
	return http.StatusInternalServerError
}

func refuse(w http.ResponseWriter, status int, err error) {
	protocol.WriteProblem(w, protocol.Problem{Status: status, Detail: err.Error()})
}
