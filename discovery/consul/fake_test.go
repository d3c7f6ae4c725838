package consul_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/consul/api"
)

// fakeAgent answers the health endpoint over an in-memory network. It honours index and wait, and records each query.
type fakeAgent struct {
	network pipeNetwork

	mu      sync.Mutex
	index   uint64
	entries []*api.ServiceEntry
	changed chan struct{}
	script  []http.HandlerFunc // answers the next queries instead, one each
	always  http.HandlerFunc   // answers all queries instead, unless nil
	queries []asked
	probes  []asked
	remote  map[string]*fakeAgent // other datacenters, which answer for themselves
}

// asked is one query that reached the fake.
type asked struct {
	at     time.Time
	url    string
	args   map[string]string
	header http.Header
	tags   string
}

func newFakeAgent(t *testing.T) *fakeAgent {
	f := &fakeAgent{changed: make(chan struct{})}
	f.network.accept = make(chan net.Conn)
	f.network.closed = make(chan struct{})
	server := &http.Server{Handler: f, ConnState: f.network.count}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(&f.network) }()
	t.Cleanup(func() { _ = server.Close(); <-done })
	return f
}

// set makes entries the truth at index and wakes the queries that wait for a newer one.
func (f *fakeAgent) set(index uint64, entries ...*api.ServiceEntry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.index, f.entries = index, entries
	close(f.changed)
	f.changed = make(chan struct{})
}

// replyOnce queues answers for the next queries. A query that is blocked now is answered by the first.
func (f *fakeAgent) replyOnce(handlers ...http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.script = append(f.script, handlers...)
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *fakeAgent) replyAlways(handler http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.always = handler
	close(f.changed)
	f.changed = make(chan struct{})
}

// replyFromNow is replyAlways for queries to come; those that are blocked now stay so.
func (f *fakeAgent) replyFromNow(handler http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.always = handler
}

// truth is what f holds.
func (f *fakeAgent) truth() (index uint64, entries []*api.ServiceEntry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.index, f.entries
}

// hold makes entries the truth at index and wakes nobody.
func (f *fakeAgent) hold(index uint64, entries ...*api.ServiceEntry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.index, f.entries = index, entries
}

func (f *fakeAgent) asked() []asked {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]asked(nil), f.queries...)
}

func (f *fakeAgent) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	args := make(map[string]string)
	for name := range r.URL.Query() {
		args[name] = r.URL.Query().Get(name)
	}
	if other := f.remote[args["dc"]]; other != nil {
		other.ServeHTTP(w, r)
		return
	}
	f.note(asked{time.Now(), r.URL.Path, args, r.Header, strings.Join(r.URL.Query()["tag"], " ")})
	f.answer(args, r.Context())(w, r)
}

func (f *fakeAgent) note(a asked) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if isProbe(a.args) {
		f.probes = append(f.probes, a)
	} else {
		f.queries = append(f.queries, a)
	}
}

func isProbe(args map[string]string) bool { _, stale := args["stale"]; return stale }

// probed is how many probes came.
func (f *fakeAgent) probed() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.probes)
}

// datacenter is another datacenter that is reached through f.
func (f *fakeAgent) datacenter(name string) *fakeAgent {
	other := &fakeAgent{changed: make(chan struct{})}
	if f.remote == nil {
		f.remote = make(map[string]*fakeAgent)
	}
	f.remote[name] = other
	return other
}

// answer blocks as Consul does and chooses what to say.
func (f *fakeAgent) answer(args map[string]string, r context.Context) http.HandlerFunc {
	index, _ := strconv.ParseUint(args["index"], 10, 64)
	wait, _ := time.ParseDuration(args["wait"])
	over := time.After(wait)
	for {
		f.mu.Lock()
		if len(f.script) > 0 && !isProbe(args) {
			next := f.script[0]
			f.script = f.script[1:]
			f.mu.Unlock()
			return next
		}
		always, at, entries, changed := f.always, f.index, f.entries, f.changed
		f.mu.Unlock()
		newer := at > index
		say := func(w http.ResponseWriter, r *http.Request) { reply(at, entries...)(w, r) }
		if always != nil {
			return always
		}
		switch {
		case isProbe(args):
			return reply(at) // its filter matches no instance
		case index == 0 || newer:
			return say
		}
		select {
		case <-changed:
		case <-over:
			return say
		case <-r.Done():
			return say
		}
	}
}

// reply is a well-formed answer.
func reply(index uint64, entries ...*api.ServiceEntry) http.HandlerFunc {
	if entries == nil {
		entries = []*api.ServiceEntry{}
	}
	body, err := json.Marshal(entries)
	return func(w http.ResponseWriter, _ *http.Request) {
		if err != nil {
			panic(err)
		}
		header := w.Header()
		header.Set("X-Consul-Index", fmt.Sprint(index))
		for name, usual := range map[string]string{"X-Consul-LastContact": "0", "X-Consul-KnownLeader": "true"} {
			if header.Get(name) == "" {
				header.Set(name, usual)
			}
		}
		_, _ = w.Write(body)
	}
}

// status is an answer without entries.
func status(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	}
}

// silence never answers, as a stopped agent.
func silence(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// pipeNetwork is a listener and its dialer in memory.
type pipeNetwork struct {
	accept chan net.Conn
	closed chan struct{}
	once   sync.Once

	mu    sync.Mutex
	down  bool
	conns []net.Conn
	dials int
	open  int // connections that the server has not seen closed
}

// count is told by the server of every connection that comes or goes.
func (p *pipeNetwork) count(_ net.Conn, state http.ConnState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch state {
	case http.StateNew:
		p.open++
	case http.StateClosed, http.StateHijacked:
		p.open--
	}
}

// connections tells how many were dialled so far, and how many are open.
func (p *pipeNetwork) connections() (dials, open int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dials, p.open
}

func (p *pipeNetwork) Accept() (net.Conn, error) {
	select {
	case conn := <-p.accept:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipeNetwork) Close() error   { p.once.Do(func() { close(p.closed) }); return nil }
func (p *pipeNetwork) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8500} }

func (p *pipeNetwork) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	p.mu.Lock()
	down := p.down
	p.dials++
	p.mu.Unlock()
	if down {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: p.Addr(), Err: syscall.ECONNREFUSED}
	}
	client, server := net.Pipe()
	select {
	case p.accept <- server:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns = append(p.conns, server)
	return client, nil
}

// setDown refuses new connections and cuts those that are open, as an agent that stops does.
func (p *pipeNetwork) setDown(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
	for _, conn := range p.conns {
		_ = conn.Close()
	}
	p.conns = nil
}
