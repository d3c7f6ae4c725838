package attest_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// network reaches MS2's replicas by the host of a request, without a connection. A request takes a millisecond.
type network struct {
	mu       sync.Mutex
	replicas map[string]http.Handler // by host and port; guarded by mu
}

// serves puts a replica at a host, in place of what was there. nil is none: connections are refused.
func (n *network) serves(host string, replica http.Handler) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.replicas[host] = replica
}

func (n *network) at(host string) http.Handler {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.replicas[host]
}

// line is one client's way to the network, and counts what was answered on it.
type line struct {
	*network
	mu     sync.Mutex
	asked  int         // requests for verdicts; guarded by mu
	keys   []time.Time // requests for keys; guarded by mu
	forced int         // of these, the ones that no routine renewal is; guarded by mu
}

func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	pass(time.Millisecond)
	replica := l.at(r.URL.Host)
	if replica == nil {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	l.note(r)
	served := r.Clone(r.Context())
	if served.Body == nil {
		served.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	replica.ServeHTTP(w, served)
	return w.Result(), served.Body.Close()
}

func (l *line) note(r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.URL.Path != protocol.PathKeys {
		l.asked++
		return
	}
	l.keys = append(l.keys, time.Now())
	if r.Header.Get("Cache-Control") == "no-cache" {
		l.forced++
	}
}

// counts are the requests for verdicts, for keys, and for keys out of turn.
func (l *line) counts() (asked, keys, forced int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.asked, len(l.keys), l.forced
}

// genuine is a store that knows the SIDs that begin with "sid-".
type genuine struct{}

func (genuine) Lookup(_ context.Context, sids []string) (map[string]protocol.Entity, error) {
	found := map[string]protocol.Entity{}
	for _, sid := range sids {
		if strings.HasPrefix(sid, "sid-") {
			found[sid] = protocol.Entity{Kind: "product", Version: "3"}
		}
	}
	return found, nil
}

// otherKeys is a replica at whose address another service answers the request for keys.
type otherKeys struct {
	replica http.Handler
	set     string
}

func (o otherKeys) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == protocol.PathKeys {
		_, _ = io.WriteString(w, o.set) // a recorder takes all
		return
	}
	o.replica.ServeHTTP(w, r)
}

// lastKeys is when keys were last asked for.
func (l *line) lastKeys() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.keys[len(l.keys)-1]
}
