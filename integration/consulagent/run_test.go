package consulagent

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
)

func TestTakenPortIsToldFromOtherFailures(t *testing.T) {
	t.Parallel()
	a := prepared(t, Options{})
	listener, err := net.Listen("tcp", a.Addr())
	if err != nil {
		t.Fatal(err)
	}
	stranger := http.Server{Handler: http.NotFoundHandler()}
	defer stranger.Close()
	go func() { _ = stranger.Serve(listener) }()
	if err := a.Restart(t.Context()); !errors.Is(err, errPortTaken) {
		t.Errorf("error = %v, want that a port is taken", err)
	}
}

func TestBadConfigurationIsExplained(t *testing.T) {
	t.Parallel()
	a := prepared(t, Options{Config: `no_such_setting = true`})
	err := a.Restart(t.Context())
	if err == nil || !strings.Contains(err.Error(), "no_such_setting") {
		t.Errorf("error = %v, want the agent's own words", err)
	}
}

func TestPortsDiffer(t *testing.T) {
	t.Parallel()
	p, err := pickPorts()
	if err != nil {
		t.Fatal(err)
	}
	if p.http == p.serf || p.http == p.server || p.serf == p.server {
		t.Errorf("ports = %+v, want three", p)
	}
}

// prepared is an agent that has its ports but was never started.
func prepared(t *testing.T, options Options) *Agent {
	t.Helper()
	binary, err := options.binary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	free, err := pickPorts()
	if err != nil {
		t.Fatal(err)
	}
	return &Agent{options: options, binary: binary, dir: t.TempDir(), ports: free}
}
