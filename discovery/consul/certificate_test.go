package consul_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery/consul"
)

// issue writes a self-signed certificate for name, and its key.
func issue(t *testing.T, certFile, keyFile, name string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, certFile, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	writeFile(t, keyFile, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
}

func TestClientCertificateIsReadAgainAtEachHandshake(t *testing.T) {
	shown := make(chan string, 10)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		shown <- r.TLS.PeerCertificates[0].Subject.CommonName
		w.Header().Set("Connection", "close")
		reply(1, replica("a"))(w, r)
	}))
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	server.StartTLS()
	t.Cleanup(server.Close)
	cert, key, authority := filepath.Join(t.TempDir(), "cert"), filepath.Join(t.TempDir(), "key"), filepath.Join(t.TempDir(), "ca")
	issue(t, cert, key, "first")
	writeFile(t, authority, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	t.Setenv("CONSUL_CLIENT_CERT", cert)
	t.Setenv("CONSUL_CLIENT_KEY", key)
	t.Setenv("CONSUL_CACERT", authority)
	again := api.DefaultConfig()
	for name, config := range map[string]*api.Config{
		"environment": {}, "default": api.DefaultConfig(), "one configuration": again, "used twice": again,
	} {
		config.Address = server.URL
		issue(t, cert, key, "first")
		source := newSourceOf(t, consul.Config{Service: "ms2", API: config})
		for _, step := range []struct {
			want   string
			before func()
		}{
			{"first", func() {}},
			{"second", func() { issue(t, cert, key, "second") }},
			{"second", func() { writeFile(t, key, "half a ke") }},
		} {
			step.before()
			if s := firstOf(t, source); s.Err != nil {
				t.Fatalf("%s: %v", name, s.Err)
			}
			if got := <-shown; got != step.want {
				t.Errorf("%s: showed the certificate of %q, want %q", name, got, step.want)
			}
		}
	}
}
