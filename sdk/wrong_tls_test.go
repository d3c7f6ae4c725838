package sdk_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"ms2.internal/lb/sdk"
)

// Who speaks TLS and who does not, and who bears which name.

// certificate is one for example.com, which a test's client trusts by the pool.
var certificate = sync.OnceValues(func() (tls.Certificate, *x509.CertPool) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	return server.TLS.Certificates[0], pool
})

// speak has replicas cut their connections and speak TLS, or plain http, from now on.
func (s *stage) speak(secure bool, names ...string) {
	for _, name := range names {
		r := s.replicas[name]
		r.listener.SetDown(true)
		r.listener = s.network.Listen(r.addr)
		listener := net.Listener(r.listener)
		if secure {
			pair, _ := certificate()
			listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{pair}})
		}
		server := &http.Server{Handler: r, ErrorLog: log.New(io.Discard, "", 0)}
		go server.Serve(listener) //nolint:errcheck // it ends with Close
		s.Cleanup(func() { server.Close() })
	}
}

// trust has the client trust the replicas that bear this name.
func (s *stage) trust(name string) {
	_, pool := certificate()
	s.transport.TLSClientConfig = &tls.Config{RootCAs: pool, ServerName: name}
}

func TestWhatIsSaidOfTheWrongScheme(t *testing.T) {
	certificate()
	abc := []string{"a", "b", "c"}
	speaks := func(secure bool, names ...string) func(*stage) { return func(s *stage) { s.speak(secure, names...) } }
	another := func(s *stage) { s.trust("another.example"); s.transport.CloseIdleConnections() }
	all := allBreak("scheme", "speaks {https, and we http|http, and we https} (MS2_SCHEME)", abc...).moving("failures.tls")
	playAll(t,
		breaks("scheme", "speaks https, and we http (MS2_SCHEME)").plays("https asked by http, one of three", speaks(true, "b"), speaks(false, "b")),
		breaks("scheme", "speaks https, and we http (MS2_SCHEME)").
			answers("https asked by http, as Go says", plain("Client sent an HTTP request to an HTTPS server.\n")),
		all.plays("https asked by http", speaks(true, abc...), speaks(false, abc...)),
		all.allAnswer("https asked by http, as nginx says", plain("<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n<body></body></html>")),
		all.secured().plays("http asked by https", speaks(false, abc...), speaks(true, abc...)),
		allBreak("tls", "failed the TLS handshake", abc...).moving("failures.tls").secured().
			plays("a certificate of another name", another, func(s *stage) { s.trust("example.com") }))
}

// secured begins with replicas that speak TLS, and a client that does.
func (w wrong) secured() wrong {
	w.configure = func(cfg *sdk.Config) { cfg.Scheme = "https" }
	w.prepare = func(s *stage) { s.trust("example.com"); s.speak(true, "a", "b", "c") }
	return w
}

func TestNoSIDIsSuspectedOfAFleetThatSpeaksHTTPS(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(plain("<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n<body></body></html>"))
		c := f.client()
		for range 20 {
			c.ValidateAll(t.Context(), sdk.SIDs("x", "y", "z")) //nolint:errcheck // all fail
		}
		if n := c.Stats().Line.Splits; n != 0 {
			t.Errorf("%d splits", n)
		}
	}, "a", "b")
}
