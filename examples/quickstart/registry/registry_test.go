package registry

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// agent is a stand-in for an agent that answers what the real one would to who is the leader.
func agent(t *testing.T, status int, leader string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, leader)
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// silent is an address that takes connections and never answers.
func silent(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

func TestAnAgentThatWorksIsUsedUnderANameOfTheShowsOwn(t *testing.T) {
	t.Parallel()
	addr := agent(t, http.StatusOK, `"10.0.0.1:8300"`)
	one, end, err := Choice{Consul: addr, From: "-consul"}.Open(t.Context(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	end()
	two, _, _ := Choice{Consul: addr}.Open(t.Context(), io.Discard) // asked as before
	if one.Consul != addr || one.Own || one.Service == two.Service || Words(one) != "MS1 finds them through the Consul on "+addr {
		t.Errorf("got %+v, %+v", one, two)
	}
}

func TestAnAgentOfNoUseIsToldAtOnceWithWhoNamedItAndWhatElseToDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ addr, want string }{
		"nobody listens":  {"127.0.0.1:1", "refused"},
		"nobody answers":  {silent(t), "no answer within 1.5s"},
		"no leader":       {agent(t, http.StatusOK, `""`), "no leader"},
		"a fault":         {agent(t, http.StatusInternalServerError, "broken"), "broken"},
		"not a Consul":    {agent(t, http.StatusOK, "<html>"), "invalid character"},
		"no such address": {"nowhere", "nowhere"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			_, _, err := Choice{Consul: c.addr, From: "CONSUL_HTTP_ADDR"}.Open(t.Context(), io.Discard)
			if took := time.Since(begin); took > 2*time.Second {
				t.Errorf("took %v", took)
			}
			for _, want := range []string{c.want, c.addr, "CONSUL_HTTP_ADDR", "-consul=off"} {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %q in it", err, want)
				}
			}
		})
	}
}

func TestAnInterruptIsNotTheAgentsFault(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := (Choice{Consul: silent(t)}).Open(ctx, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestWithoutConsulNothingIsAsked(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", Off} {
		r, end, err := Choice{Consul: address}.Open(t.Context(), io.Discard)
		if err != nil || r.Consul != "" || Words(r) != "MS1 is told their addresses" {
			t.Errorf("%q: got %+v, %v", address, r, err)
		}
		end()
	}
}
