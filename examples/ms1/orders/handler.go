package orders

import (
	"errors"
	"log/slog"
	"net/http"

	"ms2.internal/lb/examples/login"
	"ms2.internal/lb/examples/serve"
)

// Handler serves:
//
//   - POST /orders: 201 with a [Receipt] and the order's Location when every SID is genuine and every product its vendor's. 422 names
//     each SID that is not, and where it stands. 503 with Retry-After names those that could not be checked. 400 is for what is no
//     order, 413 for what is too large, 415 for what is no JSON, 429 for who has sent too many bad SIDs. Nothing is stored but with
//     the 201.
//   - GET /orders/{id}: the order as it was stored, for those who know its ID, or 404.
//
// Errors are problem details (RFC 9457). check stands before the orders: see [Guard]. attempts returns how many requests were sent to
// MS2 so far; nil where nobody counts them. log is told of faults, and of refused orders once a minute at most. It is safe for
// concurrent use.
func Handler(check func(http.Handler) http.Handler, attempts func() int64, store *Store, log *slog.Logger) http.Handler {
	if attempts == nil {
		attempts = func() int64 { return 0 }
	}
	s := service{store: store, log: log, attempts: attempts, refusals: &refusals{log: log}}
	s.checked = check(http.HandlerFunc(s.add))
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", s.post)
	mux.HandleFunc("GET /orders/{id}", s.get)
	mux.Handle("/orders", serve.Only("POST"))
	mux.Handle("/orders/{id}", serve.Only("GET, HEAD"))
	mux.HandleFunc("/", serve.NotFound)
	return mux
}

type service struct {
	store    *Store
	log      *slog.Logger
	attempts func() int64
	checked  http.Handler // add, behind the check
	refusals *refusals
}

// post has an order checked and stored, and takes note when it is refused.
func (s service) post(w http.ResponseWriter, r *http.Request) {
	if err := login.Check(r); err != nil {
		s.refuse(w, badRequest(err.Error()), "no_order")
		return
	}
	if r.ContentLength == 0 {
		s.refuse(w, badRequest("the body is empty: send an order"), "no_order")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	r, passage := begin(r, s.attempts())
	s.checked.ServeHTTP(w, r)
	if passage.refused != "" {
		s.refusals.note(passage.refused)
	}
}

// add stores an order whose SIDs were checked.
func (s service) add(w http.ResponseWriter, r *http.Request) {
	order, refused := decode(r.Body)
	if refused != nil {
		s.refuse(w, refused, "no_order")
		return
	}
	if refused := order.foreign(); refused != nil {
		s.refuse(w, refused, "foreign_vendor")
		return
	}
	stored, err := s.store.Add(r.Context(), login.User(r), order)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Location", "/orders/"+stored.ID)
	writeJSON(w, "application/json", http.StatusCreated, s.receipt(r, stored))
}

func (s service) get(w http.ResponseWriter, r *http.Request) {
	order, err := s.store.Get(r.Context(), r.PathValue("id"))
	switch {
	case errors.Is(err, ErrNotFound):
		(&problem{Status: http.StatusNotFound, Detail: err.Error()}).write(w)
	case err != nil:
		s.fail(w, r, err)
	default:
		writeJSON(w, "application/json", http.StatusOK, order)
	}
}

// refuse answers what is the sender's fault. The log has the reason, a word.
func (s service) refuse(w http.ResponseWriter, p *problem, reason string) {
	s.refusals.note(reason)
	p.write(w)
}

// fail answers what is our fault. The log says what it is, unless the browser left, which is no fault and would fill it.
func (s service) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() == nil {
		s.log.Error("ms1: order", "err", err)
	}
	(&problem{Status: http.StatusInternalServerError}).write(w)
}
