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
	picked, err := pickPorts(3)
	if err != nil {
		t.Fatal(err)
	}
	all := map[int]bool{}
	for _, p := range picked {
		all[p.http], all[p.serf], all[p.wan], all[p.server] = true, true, true, true
	}
	if len(all) != 3*portsEach {
		t.Errorf("ports = %+v, want all different", picked)
	}
}

// prepared is an agent that has its ports but was never started.
func prepared(t *testing.T, options Options) *Agent {
	t.Helper()
	binary, err := options.binary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	free, err := pickPorts(1)
	if err != nil {
		t.Fatal(err)
	}
	return &Agent{options: options, binary: binary, dir: t.TempDir(), ports: free[0]}
}
