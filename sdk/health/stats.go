package health

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// stats serves what is known of a client; ?as=page what the page shows of it.
func stats(w http.ResponseWriter, r *http.Request, c *watch) {
	if asPage(r) {
		writeJSON(w, http.StatusOK, c.view(c.source.Stats()))
		return
	}
	writeJSON(w, http.StatusOK, c.source.Stats())
}

// asPage reports whether the page asks.
func asPage(r *http.Request) bool { return r.URL.Query().Get("as") == "page" }

func writeJSON(w http.ResponseWriter, status int, body any) {
	text, err := json.MarshalIndent(body, "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	writeWhole(w, status, "application/json", append(text, '\n'))
}

// writeWhole writes an answer with its length, so that half of it is seen to be half by HTTP/1.0, too, as reverse proxies speak it.
func writeWhole(w http.ResponseWriter, status int, kind string, body []byte) {
	plainHeaders(w.Header())
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client left
}

// plainHeaders are those of all answers.
func plainHeaders(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
}
