package fleet_test

import (
	"io"
	"net/http"

	"ms2.internal/lb/sdk/protocol"
)

// health is what a replica does with a request.
type health int32

const (
	healthy   health = iota
	slow             // takes slowness times as long
	failing          // 500 at once
	faltering        // 500 at once, every other time
	silent           // never answers
	shedding         // 503 with Retry-After at once
)

// slowness is how many times as long a slow one takes.
const slowness = 10

// ServeHTTP implements [http.Handler].
func (r *replica) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	number := r.requests.Add(1)
	r.neglect.end()
	defer r.crowd.enter()()
	defer r.all.enter()()
	switch h := health(r.health.Load()); {
	case h == failing, h == faltering && number%2 == 0:
		protocol.WriteProblem(w, protocol.Problem{Status: http.StatusInternalServerError})
	case h == silent:
		_, _ = io.Copy(io.Discard, req.Body) // only then the server sees the client go
		<-req.Context().Done()
	case h == shedding:
		w.Header().Set("Retry-After", "1")
		protocol.WriteProblem(w, protocol.Problem{Status: http.StatusServiceUnavailable})
	default:
		r.next.ServeHTTP(w, req)
	}
}
