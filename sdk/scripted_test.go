package sdk_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/internal/memnet"
	"ms2.internal/lb/sdk/protocol"
)

// fleet is a scripted MS2: replicas on a network inside the process, each with a handler that a test may change.
type fleet struct {
	t         testing.TB
	network   *memnet.Network
	transport *http.Transport
	replicas  map[string]*replica
}

// replica is one of them. It records what it was asked.
type replica struct {
	addr     string
	listener *memnet.Listener

	mu     sync.Mutex
	handle http.HandlerFunc // guarded by mu
	asked  []asked          // guarded by mu
	since  time.Time
}

// asked is one request as it came in.
type asked struct {
	at     time.Duration // since the fleet began
	method string
	path   string
	header http.Header
	items  []protocol.Item // by the batch door; by the single door one item
}

// newFleet starts replicas at the hosts of these names, such as "a" for a:80. All call every SID valid for a minute.
func newFleet(t testing.TB, names ...string) *fleet {
	f := &fleet{t: t, network: &memnet.Network{}, replicas: map[string]*replica{}}
	f.transport = &http.Transport{DialContext: f.network.DialContext, MaxIdleConnsPerHost: 100}
	t.Cleanup(f.transport.CloseIdleConnections)
	for _, name := range names {
		f.start(name)
	}
	return f
}

func (f *fleet) start(name string) *replica {
	r := &replica{addr: name + ":80", since: time.Now(), handle: results("valid", 60, 0, 0)}
	r.listener = f.network.Listen(r.addr)
	server := &http.Server{Handler: r}
	go server.Serve(r.listener) //nolint:errcheck // it ends with Close
	f.t.Cleanup(func() { server.Close() })
	f.replicas[name] = r
	return r
}

// all has every replica answer by h.
func (f *fleet) all(h http.HandlerFunc) {
	for _, r := range f.replicas {
		r.answer(h)
	}
}

// client is one of all replicas, with the default settings but for what the changes make of them.
func (f *fleet) client(changes ...func(*sdk.Config)) *sdk.Client {
	var cfg sdk.Config
	for name := range f.replicas {
		cfg.Endpoints = append(cfg.Endpoints, name+":80")
	}
	for _, change := range changes {
		change(&cfg)
	}
	return f.clientWith(cfg)
}

func (f *fleet) clientWith(cfg sdk.Config, opts ...sdk.Option) *sdk.Client {
	f.t.Helper()
	opts = append([]sdk.Option{sdk.WithTransport(func(http.RoundTripper) http.RoundTripper { return f.transport })}, opts...)
	c, err := sdk.New(cfg, opts...)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() {
		if err := c.Close(); err != nil {
			f.t.Errorf("close: %v", err)
		}
	})
	return c
}

// requests are all that came in at any replica.
func (f *fleet) requests() int {
	n := 0
	for _, r := range f.replicas {
		n += len(r.requests())
	}
	return n
}

// answer has the replica answer by h from now on.
func (r *replica) answer(h http.HandlerFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.handle = h
}

// requests are those that came in so far.
func (r *replica) requests() []asked {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]asked(nil), r.asked...)
}

// ServeHTTP records the request and answers it by the handler of the moment.
func (r *replica) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	a := asked{at: time.Since(r.since), method: req.Method, path: req.URL.Path, header: req.Header}
	if parsed, err := protocol.DecodeRequest(strings.NewReader(string(body))); err == nil {
		a.items = parsed.Items
	} else if sid, single := strings.CutPrefix(req.URL.Path, "/v1/sids/"); single {
		a.items = []protocol.Item{{SID: sid, Version: req.Header.Get("If-None-Match")}}
	}
	r.mu.Lock()
	r.asked = append(r.asked, a)
	handle := r.handle
	r.mu.Unlock()
	handle(w, req.WithContext(context.WithValue(req.Context(), itemsKey{}, a.items)))
}

type itemsKey struct{}

// itemsOf are the checks that a request carries.
func itemsOf(r *http.Request) []protocol.Item {
	items, _ := r.Context().Value(itemsKey{}).([]protocol.Item)
	return items
}

// answering answers both doors with what each makes of an item; an empty status leaves the item out.
func answering(each func(protocol.Item) protocol.Result) http.HandlerFunc {
	return doors(batches(each), pages(each))
}

// batches answers the batch door so.
func batches(each func(protocol.Item) protocol.Result) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var response protocol.Response
		for _, item := range itemsOf(r) {
			if result := each(item); result.Status != "" {
				result.SID = item.SID
				response.Results = append(response.Results, result)
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(protocol.AppendResponse(nil, response)) //nolint:errcheck // a test sees what is missing
	}
}

// results answers every item alike, with ages in seconds.
func results(status protocol.Status, maxAge, revalidate, ifError int64) http.HandlerFunc {
	return versioned(status, "", maxAge, revalidate, ifError)
}

func versioned(status protocol.Status, version string, maxAge, revalidate, ifError int64) http.HandlerFunc {
	return answering(func(protocol.Item) protocol.Result {
		return protocol.Result{Status: status, Version: version, MaxAge: maxAge, StaleWhileRevalidate: revalidate, StaleIfError: ifError}
	})
}

// status answers with a problem of that status, in words that no client may repeat; headers come in pairs.
func status(code int, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		protocol.WriteProblem(w, protocol.Problem{Status: code, Title: bodyMark, Detail: bodyMark})
	}
}

// raw answers 200 with a body.
func raw(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) } //nolint:errcheck // likewise
}

// hang answers nothing until the asker leaves.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// after answers by next, d later.
func after(d time.Duration, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(d):
			next(w, r)
		case <-r.Context().Done():
		}
	}
}

// inBubble runs a test with its own clock and a fleet of these names.
func inBubble(t *testing.T, run func(*testing.T, *fleet), names ...string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { run(t, newFleet(t, names...)) })
}

// expect fails the test unless a check brings a verdict that is so.
func expect(t testing.TB, c *sdk.Client, sid string, valid bool, origin sdk.Origin, opts ...sdk.CheckOption) sdk.Verdict {
	t.Helper()
	v, err := c.Validate(context.Background(), sid, opts...)
	if err != nil || v.Valid != valid || v.Origin != origin || v.SID != sid {
		t.Errorf("%s: got valid %t, %v, %v; want valid %t, %v", sid, v.Valid, v.Origin, err, valid, origin)
	}
	return v
}

// refuses fails the test unless a check brings an error that is want, and no verdict. It never returns nil.
func refuses(t testing.TB, c *sdk.Client, sid string, want error, opts ...sdk.CheckOption) error {
	t.Helper()
	v, err := c.Validate(context.Background(), sid, opts...)
	if err == nil || v != (sdk.Verdict{}) || want != nil && !errors.Is(err, want) {
		t.Errorf("%s: got %+v, %v; want an error that is %v", sid, v, err, want)
		err = errors.Join(err, errors.New("no error"))
	}
	return err
}

// took fails the test unless what began at start took exactly d.
func took(t testing.TB, start time.Time, d time.Duration) {
	t.Helper()
	if got := time.Since(start); got != d {
		t.Errorf("took %v, want %v", got, d)
	}
}
