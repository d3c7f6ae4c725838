package orders

import (
	"errors"
	"log/slog"
	"net/http"

	"ms2.internal/lb/sdk/middleware"
)

// Handler serves:
//
//   - POST /orders: 201 with the order and its Location when every SID is genuine. 422 names each SID that is not and where
//     it stands. 503 with Retry-After names those that could not be checked. 400 is for what is no order, 413 for what is
//     too large, 415 for what is no JSON, 429 for who has sent too much of that. Nothing is stored but with the 201.
//   - GET /orders/{id}: the order, or 404.
//
// Errors are problem details (RFC 9457). It is safe for concurrent use.
func Handler(checker middleware.Checker, store *Store, log *slog.Logger) (http.Handler, error) {
	guarded, err := guard(checker, log)
	if err != nil {
		return nil, err
	}
	s := service{store, log}
	mux := http.NewServeMux()
	mux.Handle("POST /orders", guarded(http.HandlerFunc(s.post)))
	mux.HandleFunc("GET /orders/{id}", s.get)
	return mux, nil
}

type service struct {
	store *Store
	log   *slog.Logger
}

// post stores an order whose SIDs were checked.
func (s service) post(w http.ResponseWriter, r *http.Request) {
	order, refused := decode(r.Body)
	if refused != nil {
		refused.write(w)
		return
	}
	order, err := s.store.Add(r.Context(), order)
	if err != nil {
		s.fail(w, err)
		return
	}
	w.Header().Set("Location", "/orders/"+order.ID)
	writeJSON(w, "application/json", http.StatusCreated, order)
}

func (s service) get(w http.ResponseWriter, r *http.Request) {
	order, err := s.store.Get(r.Context(), r.PathValue("id"))
	switch {
	case errors.Is(err, ErrNotFound):
		(&problem{Status: http.StatusNotFound, Detail: err.Error()}).write(w)
	case err != nil:
		s.fail(w, err)
	default:
		writeJSON(w, "application/json", http.StatusOK, order)
	}
}

// fail is for what is our fault; the log says what it is.
func (s service) fail(w http.ResponseWriter, err error) {
	s.log.Error("ms1: order", "err", err)
	(&problem{Status: http.StatusInternalServerError}).write(w)
}
