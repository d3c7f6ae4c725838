package main

import (
	"bytes"
	"io"
	"net/http"

	"ms2.internal/lb/sdk/protocol"
)

// inJSON answers 200 with a body that calls itself JSON.
func inJSON(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	}
}

// inHTML answers with a web page, as a proxy or a login does.
func inHTML(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(code)
		_, _ = io.WriteString(w, "<html><head><title>MS2</title></head><body><h1>"+http.StatusText(code)+"</h1></body></html>")
	}
}

// toLogin redirects to a login page, which is there.
func toLogin(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/login" {
		inHTML(http.StatusOK)(w, r)
		return
	}
	http.Redirect(w, r, "/login", http.StatusFound)
}

// namesAll refuses every SID by name.
func namesAll(w http.ResponseWriter, r *http.Request) {
	asked, err := protocol.DecodeRequest(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p := protocol.Problem{Status: http.StatusUnprocessableEntity, Detail: "these are no SIDs"}
	for _, item := range asked.Items {
		p.SIDs = append(p.SIDs, item.SID)
	}
	protocol.WriteProblem(w, p)
}

// endless sends a body without an end, as fast as the client takes it.
func endless(w http.ResponseWriter, r *http.Request) {
	inJSON(`{"results":[`)(w, r)
	blanks := bytes.Repeat([]byte(" "), 64<<10)
	for {
		if _, err := w.Write(blanks); err != nil {
			return
		}
	}
}
