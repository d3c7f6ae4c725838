package attempt_test

import (
	"io"
	"log"
	"os"
	"strings"
	"testing"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/hook"
	"ms2.internal/lb/sdk/internal/transport"
)

var silent = log.New(io.Discard, "", 0)

func TestAReplicaIsTrustedByTheCAAlone(t *testing.T) {
	a, clients := newAuthority(t), make(chan string, 9)
	server := a.serve(t, clients, "127.0.0.1")
	if r := secured(t, server, transport.TLSFiles{CA: a.file("ca")}).batch(t, attempt.Item{SID: "a"}); r.Err != nil || <-clients != "HTTP/2.0" {
		t.Errorf("%+v", r)
	}
	for name, files := range map[string]transport.TLSFiles{"the system's CAs": {}, "another CA": {CA: newAuthority(t).file("ca")}} {
		r := secured(t, server, files).batch(t, attempt.Item{SID: "a"})
		if r.Next != attempt.Retry || r.Outcome.Result != balancer.Failure {
			t.Errorf("%s: %+v", name, r)
		}
		saying(t, r, "certificate", "unknown authority")
	}
}

func TestTheCertificateMustBearTheHostOrTheNameGiven(t *testing.T) {
	a, clients := newAuthority(t), make(chan string, 9)
	server := a.serve(t, clients, "ms2.example")
	saying(t, secured(t, server, transport.TLSFiles{CA: a.file("ca")}).batch(t, attempt.Item{SID: "a"}), "127.0.0.1")
	saying(t, secured(t, server, transport.TLSFiles{CA: a.file("ca"), ServerName: "other.example"}).batch(t, attempt.Item{SID: "a"}), "other.example")
	if r := secured(t, server, transport.TLSFiles{CA: a.file("ca"), ServerName: "ms2.example"}).batch(t, attempt.Item{SID: "a"}); r.Err != nil {
		t.Error(r.Err)
	}
}

// reconnect has the sender make new connections.
func (s *stand) reconnect() {
	s.Update(nil, func() {})
	s.Update([]discovery.Instance{s.instance}, func() {})
}

func TestARenewedClientCertificateIsUsedWithoutARestart(t *testing.T) {
	a, clients := newAuthority(t), make(chan string, 9)
	server := a.serve(t, clients, "127.0.0.1")
	a.issue(t, "client", "ms1-old")
	s := secured(t, server, transport.TLSFiles{CA: a.file("ca"), Cert: a.file("client"), Key: a.file("client-key")})
	expect := func(when, want string) {
		t.Helper()
		if r := s.batch(t, attempt.Item{SID: "a"}); r.Err != nil {
			t.Fatalf("%s: %v", when, r.Err)
		}
		if got := <-clients; got != "HTTP/2.0 "+want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
		s.reconnect()
	}
	expect("first", "ms1-old")
	a.issue(t, "client", "ms1-new")
	expect("renewed", "ms1-new")
	write(t, a.file("client"), "-----BEGIN CERT")
	expect("half written", "ms1-new")
	os.Remove(a.file("client-key"))
	expect("gone", "ms1-new")
	a.issue(t, "client", "ms1-last")
	expect("there again", "ms1-last")
}

func TestBadTLSFilesAreAllNamedWithTheirVariables(t *testing.T) {
	a := newAuthority(t)
	a.issue(t, "client", "ms1")
	a.issue(t, "other", "ms1")
	write(t, a.file("empty"), "")
	for _, c := range []struct {
		files transport.TLSFiles
		says  []string
	}{
		{transport.TLSFiles{CA: a.file("none")}, []string{"MS2_TLS_CA_FILE", "none.pem", "no such file"}},
		{transport.TLSFiles{CA: a.file("empty")}, []string{"MS2_TLS_CA_FILE", "empty.pem", "no PEM certificate"}},
		{transport.TLSFiles{Cert: a.file("client")}, []string{"MS2_TLS_CERT_FILE", "set without MS2_TLS_KEY_FILE"}},
		{transport.TLSFiles{Key: a.file("client-key")}, []string{"MS2_TLS_KEY_FILE", "set without MS2_TLS_CERT_FILE"}},
		{transport.TLSFiles{Cert: a.file("client"), Key: a.file("other-key")}, []string{"MS2_TLS_CERT_FILE", "does not match"}},
		{transport.TLSFiles{CA: a.file("none"), Cert: a.file("gone"), Key: a.file("gone")}, []string{"MS2_TLS_CA_FILE", "MS2_TLS_CERT_FILE", "gone.pem"}},
	} {
		_, err := attempt.New(options(t, func(o *attempt.Options) { o.TLS = c.files }), &hook.Guard{})
		for _, word := range c.says {
			if err == nil || !strings.Contains(err.Error(), word) {
				t.Errorf("%+v: %v does not say %q", c.files, err, word)
			}
		}
	}
}
