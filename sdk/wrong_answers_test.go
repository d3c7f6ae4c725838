package sdk_test

import (
	"io"
	"net/http"
	"strings"

	"ms2.internal/lb/sdk/protocol"
)

// The ways for a replica to be bad, as integration/badreplica has them; what MS2 says in them is marked.

// says answers with a status, headers given by pairs, and a body.
func says(code int, kind, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		if code != http.StatusNoContent {
			io.WriteString(w, body) //nolint:errcheck // a client that left
		}
	}
}

// inJSON answers 200 with a body that calls itself JSON.
func inJSON(body string) http.HandlerFunc { return says(http.StatusOK, "application/json", body) }

// inHTML answers as a proxy does.
func inHTML(code int) http.HandlerFunc {
	return says(code, "text/html", "<html><body>"+bodyMark+"</body></html>")
}

// namesAll refuses every SID by name.
func namesAll(w http.ResponseWriter, r *http.Request) {
	p := protocol.Problem{Status: http.StatusUnprocessableEntity, Detail: bodyMark}
	for _, item := range itemsOf(r) {
		p.SIDs = append(p.SIDs, item.SID)
	}
	protocol.WriteProblem(w, p)
}

// endless sends a body without an end.
func endless(w http.ResponseWriter, r *http.Request) {
	inJSON(`{"results":[`)(w, r)
	blanks := []byte(strings.Repeat(" ", 64<<10))
	for {
		if _, err := w.Write(blanks); err != nil {
			return
		}
	}
}

// hangUp closes the connection without an answer.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
