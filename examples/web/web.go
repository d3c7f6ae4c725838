// Package web is the page of the demonstration: it shows both ways in which data of MS2 reaches MS1 through a browser.
//
//   - Flow 1: the browser asks MS2 for data and sends it to MS1 within an order.
//   - Flow 2: the browser sends data that it kept in localStorage from an earlier visit.
//
// Either way MS1 cannot trust what it gets, and checks each SID before it stores anything. The page shows how each was
// checked, how many requests that took between the two services, and what MS1's database holds. It also tampers with an
// order where it is told to, so that one sees it refused.
//
// MS1, MS2 and the gateway all serve it:
//
//	mux.Handle("/", web.Handler(web.Site{Service: "MS1", MS2: "http://127.0.0.1:8082"}))
//
// In the folder assets there is plain HTML, CSS and JavaScript without a framework or a build. What to copy from it: kept.js
// and renew.js, which keep data with its attestation and renew that in time, and api.js, which sends it.
package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// Site says who serves the page, and where the services are.
type Site struct {
	// Service is who serves it, in words: "MS1", "MS2", "the gateway".
	Service string

	// MS1 and MS2 are the addresses at which browsers reach the services, as [ServiceBase] returns them; "" is the page's own
	// origin. The browser is forbidden to connect to any other, and to one that it would refuse.
	MS1, MS2 string

	// Gateway says that attestations are attached on the way to MS1, so that the page asks MS2 for none.
	Gateway bool

	// Links lead to the same page elsewhere. nil: none.
	Links []Link
}

// Handler serves the page at / and what it needs below /web/, by GET and HEAD; anything else is 404 or 405 with problem
// details. It is safe for concurrent use.
func Handler(s Site) http.Handler {
	page, policy := render(s), policy(s)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Cache-Control", "no-cache") // it names the assets' version
		serve(w, r, "text/html; charset=utf-8", page)
	})
	mux.HandleFunc("GET "+assetsPath+"{name}", serveAsset)
	mux.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		protocol.WriteProblem(w, protocol.Problem{Status: http.StatusNotFound})
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Allow", "GET, HEAD")
		protocol.WriteProblem(w, protocol.Problem{Status: http.StatusMethodNotAllowed})
	})
	return mux
}

// serve answers with content, or 304 to those who have it.
func serve(w http.ResponseWriter, r *http.Request, contentType string, content []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("ETag", `"`+hash(content)+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}
