package consul_test

import (
	"context"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/discovery/consul"
)

func TestNewNamesEveryBadFieldAtOnce(t *testing.T) {
	t.Setenv("CONSUL_HTTP_SSL_VERIFY", "yes please")
	_, err := consul.New(consul.Config{Wait: time.Millisecond, EmptyGrace: -1})
	for _, want := range []string{"Service is empty", "Wait is 1ms: want 1s to 10m0s", "EmptyGrace", "CONSUL_HTTP_SSL_VERIFY"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not name %s", err, want)
		}
	}
}

func TestNewRefusesServicesThatLeadElsewhere(t *testing.T) {
	for _, name := range []string{"a/b", "..", ".", "a\nb", strings.Repeat("a", 256)} {
		if _, err := consul.New(consul.Config{Service: name}); err == nil {
			t.Errorf("service %q was accepted", name)
		}
	}
}

func TestNewRefusesWhatItsClientCannotUse(t *testing.T) {
	for name, config := range map[string]*api.Config{
		"scheme":     {Address: "ftp://consul.test"},
		"token file": {TokenFile: filepath.Join(t.TempDir(), "none")},
		"CA file":    {TLSConfig: api.TLSConfig{CAFile: "none"}},
		"user":       {Address: "http://user:hunter2@consul.test:8500"},
	} {
		if _, err := consul.New(consul.Config{Service: "ms2", API: config}); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestNewLeavesTheCallersConfigurationAlone(t *testing.T) {
	client := &http.Client{Timeout: time.Second}
	transport := &http.Transport{}
	config := api.Config{Address: "http://consul.test:8500/prefix", HttpClient: client, Transport: transport}
	before := config
	if _, err := consul.New(consul.Config{Service: "ms2", API: &config}); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(config, before) || client.Timeout != time.Second || client.Transport != nil || client.CheckRedirect != nil {
		t.Errorf("changed: %+v, %+v", config, client)
	}
}

func TestEnvironmentOfConsulIsRead(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("from-the-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(t.TempDir(), "consul.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan string, 1)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case got <- r.Header.Get("X-Consul-Token"):
		default:
		}
		reply(1, replica("a"))(w, r)
	})}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	t.Setenv("CONSUL_HTTP_ADDR", "unix://"+socket)
	t.Setenv("CONSUL_HTTP_TOKEN_FILE", token)

	s := firstOf(t, newSourceOf(t, consul.Config{Service: "ms2"}))
	if len(s.Instances) != 1 || s.Detail["agent"] != "unix://"+socket {
		t.Errorf("told %+v", s)
	}
	if sent := <-got; sent != "from-the-file" {
		t.Errorf("sent the token %q", sent)
	}
}

func TestCertificatesOfTheEnvironmentAreVerified(t *testing.T) {
	server := httptest.NewUnstartedServer(reply(1, replica("a")))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	t.Setenv("CONSUL_HTTP_ADDR", server.URL)
	distrusted := firstOf(t, newSourceOf(t, consul.Config{Service: "ms2"}))
	if distrusted.Err == nil || !strings.Contains(distrusted.Err.Error(), "CONSUL_CACERT") {
		t.Errorf("an unknown authority: %v, want an error that names CONSUL_CACERT", distrusted.Err)
	}

	authority := filepath.Join(t.TempDir(), "ca.pem")
	block := &pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}
	if err := os.WriteFile(authority, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CONSUL_CACERT", authority)
	for name, config := range map[string]*api.Config{"none": nil, "default": api.DefaultConfig(), "address": {Address: server.URL}} {
		if s := firstOf(t, newSourceOf(t, consul.Config{Service: "ms2", API: config})); s.Err != nil {
			t.Errorf("configuration %s: %v", name, s.Err)
		}
	}
}

// firstOf watches until the first snapshot.
func firstOf(t *testing.T, source *consul.Source) (first discovery.Snapshot) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	_ = source.Watch(ctx, func(s discovery.Snapshot) { first = s; stop() })
	return first
}
