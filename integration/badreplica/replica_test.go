package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// asked asks a replica of a kind for a SID, as a peer does.
func asked(t *testing.T, k kind, turned bool, sid string) (valid bool, err error) {
	t.Helper()
	s := newServed(k)
	s.turned.Store(turned)
	server := httptest.NewUnstartedServer(s)
	server.Config.ErrorLog = nil
	server.Start()
	t.Cleanup(server.Close)
	r, err := k.door().request(t.Context(), server.Listener.Addr().String(), sid)
	if err != nil {
		t.Fatal(err)
	}
	response, err := server.Client().Do(r)
	if err != nil {
		return false, err
	}
	return k.door().verdict(response, sid)
}

func TestAGoodReplicaTellsGenuineFromForged(t *testing.T) {
	for _, k := range kinds() {
		for _, sid := range []string{genuinePrefix + "1", forgedPrefix + "1"} {
			if valid, err := asked(t, k, false, sid); err != nil || valid != genuine(sid) {
				t.Errorf("%s: %s is called %v, %v", k.name, sid, valid, err)
			}
		}
	}
}

func TestABadReplicaThatAnswersBringsNoVerdict(t *testing.T) {
	for _, k := range kinds() {
		if k.spoil == nil || k.slow || k.bare404 {
			continue
		}
		if valid, err := asked(t, k, true, genuinePrefix+"1"); err == nil {
			t.Errorf("%s: the bad one says %v", k.name, valid)
		}
	}
}

func TestABare404WouldCondemnAGenuineSID(t *testing.T) {
	k, err := kindNamed("bare 404 means invalid")
	if err != nil {
		t.Fatal(err)
	}
	if valid, err := asked(t, k, true, genuinePrefix+"1"); valid || err != nil {
		t.Errorf("got %v, %v", valid, err)
	}
}

// conversation is a replica in this process, spoken to as its parent does.
type conversation struct {
	to    *io.PipeWriter
	from  *bufio.Reader
	addr  string
	ended chan error
}

func converse(t *testing.T, kind string) *conversation {
	t.Helper()
	in, to := io.Pipe()
	from, out := io.Pipe()
	c := &conversation{to: to, from: bufio.NewReader(from), ended: make(chan error, 1)}
	go func() { c.ended <- replica(kind, in, out) }()
	t.Cleanup(func() { _ = to.Close() })
	c.addr = c.line(t)
	return c
}

func (c *conversation) line(t *testing.T) string {
	t.Helper()
	line, err := c.from.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

func TestAReplicaEndsWithItsParent(t *testing.T) {
	c := converse(t, calm)
	_ = c.to.Close()
	if err := <-c.ended; err != nil {
		t.Error(err)
	}
	if _, err := http.Get("http://" + c.addr); err == nil {
		t.Error("it still serves")
	}
}

func TestAReplicaThatTurnsToTLSRefusesPlainText(t *testing.T) {
	c := converse(t, "https asked by http")
	if _, err := io.WriteString(c.to, "turn\n"); err != nil {
		t.Fatal(err)
	}
	c.line(t)
	answer, err := http.Get("http://" + c.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusBadRequest {
		t.Errorf("answers %s", answer.Status)
	}
}

func TestAHungReplicaEndsWhenItIsStopped(t *testing.T) {
	k, err := kindNamed("hangs")
	if err != nil {
		t.Fatal(err)
	}
	f, err := startFleet(t.Context(), []kind{k, k}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.turn(); err != nil {
		t.Fatal(err)
	}
	if bad := f.badOnes(); len(bad) != 1 || bad[0] != f.addresses()[0] {
		t.Errorf("the bad ones are %v of %v", bad, f.addresses())
	}
	f.stop() // a test that hangs here is the failure
}

func TestReplicasEndWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p, err := startProcess(ctx, calmKind())
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	<-p.gone
}
