package registrytest

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"

	"github.com/hashicorp/consul/api"
)

// Service is the name of MS2 in the registry.
const Service = "ms2"

// Replica is a process of its own, registered in Consul or not. Its methods fail the test when they can't do their job.
type Replica struct {
	Name string
	Addr string // the same for the whole life, restarts included

	t   testing.TB
	cmd *exec.Cmd
}

// StartReplicas starts replicas of these names, and waits until they answer.
func StartReplicas(t testing.TB, names ...string) map[string]*Replica {
	t.Helper()
	replicas := map[string]*Replica{}
	for _, name := range names {
		replicas[name] = &Replica{Name: name, Addr: FreeAddr(t), t: t}
		replicas[name].Start()
	}
	return replicas
}

// FreeAddr is an address of this machine that nobody listens on at this moment.
func FreeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Start starts the process, again after Kill, and waits until it answers. It runs until Kill or the end of the test.
func (r *Replica) Start() {
	r.t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), replicaAddr+"="+r.Addr)
	cmd.Stderr = os.Stderr
	life, err := cmd.StdinPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.cmd = cmd
	r.t.Cleanup(func() {
		_ = life.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	Eventually(r.t, r.Name+" answers", r.answers)
}

func (r *Replica) answers() bool {
	defer http.DefaultClient.CloseIdleConnections()
	resp, err := http.Get("http://" + r.Addr + "/healthz")
	if err != nil {
		return false
	}
	return resp.Body.Close() == nil && resp.StatusCode == http.StatusOK
}

// Signal sends the process a signal: SIGTERM makes it say that it is leaving, SIGUSR1 turns its health.
func (r *Replica) Signal(s syscall.Signal) {
	r.t.Helper()
	if err := r.cmd.Process.Signal(s); err != nil {
		r.t.Fatal(err)
	}
}

// Kill ends the process at once and waits until it is gone.
func (r *Replica) Kill() {
	r.t.Helper()
	r.Signal(syscall.SIGKILL)
	_ = r.cmd.Wait()
}

// Register registers the replica at an agent, which then checks its health every second.
func (r *Replica) Register(consul *api.Client) {
	r.t.Helper()
	host, port := HostPort(r.t, r.Addr)
	err := consul.Agent().ServiceRegister(&api.AgentServiceRegistration{
		ID: r.Name, Name: Service, Address: host, Port: port,
		Check: &api.AgentServiceCheck{
			HTTP: "http://" + r.Addr + "/healthz", Interval: "1s", Timeout: "1s", Status: api.HealthPassing,
		},
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// Deregister takes the replica out of the registry, at the agent that it was registered at.
func (r *Replica) Deregister(consul *api.Client) {
	r.t.Helper()
	if err := consul.Agent().ServiceDeregister(r.Name); err != nil {
		r.t.Fatal(err)
	}
}

// HostPort takes an address apart as Consul wants it.
func HostPort(t testing.TB, addr string) (host string, port int) {
	t.Helper()
	host, text, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	if port, err = strconv.Atoi(text); err != nil {
		t.Fatal(err)
	}
	return host, port
}

// AwaitHealthy waits until Consul knows of at least so many healthy replicas.
func AwaitHealthy(t testing.TB, consul *api.Client, count int) {
	t.Helper()
	Eventually(t, "Consul calls the replicas healthy", func() bool {
		entries, _, err := consul.Health().Service(Service, "", true, nil)
		return err == nil && len(entries) >= count
	})
}
