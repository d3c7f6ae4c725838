package serve

import (
	"net/http"

	"ms2.internal/lb/sdk/protocol"
)

// NotFound answers 404 with problem details, as [http.ServeMux] does not. Give it to the pattern "/".
func NotFound(w http.ResponseWriter, _ *http.Request) {
	protocol.WriteProblem(w, protocol.Problem{Status: http.StatusNotFound, Detail: "nothing is served at this path"})
}

// Only answers 405 with problem details. Give it to a pattern that other patterns refine by these methods, such as "GET, HEAD".
func Only(methods string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Allow", methods)
		protocol.WriteProblem(w, protocol.Problem{Status: http.StatusMethodNotAllowed, Detail: "this path takes " + methods})
	})
}
