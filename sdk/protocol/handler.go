package protocol

import (
	"cmp"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
)

// singlePrefix is what [PathSingle] begins with; the rest of the path is the SID.
var singlePrefix = strings.TrimSuffix(PathSingle, "{sid}")

// Handler serves MS2's side of the wire: the batch door, the single door, the keys of attestations and the health check, at the
// paths [PathBatch], [PathSingle], [PathKeys] and [PathHealth] from the root. Make one with [NewHandler]; it is safe for
// concurrent use.
type Handler struct {
	store    Store
	opts     HandlerOptions
	log      *slog.Logger
	token    digest
	valid    freshness
	invalid  freshness
	vary     string
	batch    door
	single   door
	inFlight atomic.Int64
	draining atomic.Bool

	tooLate, unsigned, noRoom paced // why answers go without the attestations that were asked for
}

// door answers one request, or returns the problem that is the answer. It writes nothing before it returns a problem.
type door func(http.ResponseWriter, *http.Request) *Problem

// NewHandler returns a handler that answers from store, which must not be nil.
//
// Serve it at the root, or below a prefix through [http.StripPrefix]. Serve it with an [http.ServeMux] only at "/" or such
// a prefix: SIDs may hold any visible ASCII, a slash too, and the handler reads them from the undecoded path.
func NewHandler(store Store, opts HandlerOptions) *Handler {
	h := &Handler{
		store:   store,
		opts:    opts,
		log:     cmp.Or(opts.Logger, slog.Default()),
		token:   digestOf(opts.Token),
		valid:   newFreshness(opts.MaxAge, opts.StaleWhileRevalidate, opts.StaleIfError),
		invalid: newFreshness(opts.NegativeMaxAge, 0, 0),
		vary:    varyOf(opts),
	}

	h.batch = h.guard(h.answerBatch, http.MethodPost)
	h.single = h.guard(h.answerSingle, http.MethodGet, http.MethodHead)
	return h
}

// Drain says that this replica is about to leave. From then on every answer carries [HeaderDraining] and the health check
// answers 503, while requests are still served: call it on SIGTERM, go on serving for as long as clients and registry need
// to notice, then shut the server down. There is no way back; more calls change nothing. Safe for concurrent use.
func (h *Handler) Drain() { h.draining.Store(true) }

// ServeHTTP answers one request. It panics only with [http.ErrAbortHandler], when the store does.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.announce(w.Header())
	defer h.survive(w, r)
	if p := h.route(r.URL.EscapedPath())(w, r); p != nil {
		WriteProblem(w, *p)
	}
}

// route picks the door by the path as it was sent: decoded, a SID with a slash would look like a longer path.
func (h *Handler) route(path string) door {
	sid, single := strings.CutPrefix(path, singlePrefix)
	switch {
	case path == PathHealth:
		return h.answerHealth
	case path == PathKeys:
		return h.answerKeys
	case path == PathBatch && !h.opts.SingleOnly:
		return h.batch
	case single && !strings.Contains(sid, "/"):
		return h.single
	}
	return nothingHere
}

func nothingHere(http.ResponseWriter, *http.Request) *Problem {
	return &Problem{Status: http.StatusNotFound, Detail: "nothing is served at this path"}
}

// survive answers a panic of the store or a hook, unless it is the one that means to cut the answer off.
func (h *Handler) survive(w http.ResponseWriter, r *http.Request) {
	switch cause := recover(); cause {
	case nil:
	case http.ErrAbortHandler:
		panic(cause)
	default:
		h.log.ErrorContext(r.Context(), "ms2: panic while answering", "path", r.URL.Path, "panic", cause)
		WriteProblem(w, Problem{Status: http.StatusInternalServerError})
	}
}
