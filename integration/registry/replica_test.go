package registry_test

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

// replica is a process of its own, registered in Consul or not.
type replica struct {
	t      *testing.T
	consul *api.Client
	name   string
	addr   string
	cmd    *exec.Cmd
}

// startReplicas starts and registers replicas, and waits until Consul calls them healthy.
func startReplicas(t *testing.T, consul *api.Client, names ...string) map[string]*replica {
	t.Helper()
	replicas := map[string]*replica{}
	for _, name := range names {
		r := &replica{t: t, consul: consul, name: name, addr: freeAddr(t)}
		replicas[name] = r
		r.start()
		r.register()
	}
	eventually(t, "Consul calls the replicas healthy", func() bool {
		entries, _, err := consul.Health().Service("ms2", "", true, nil)
		return err == nil && len(entries) >= len(names)
	})
	return replicas
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start runs the process until the test ends or it is killed, and waits until it answers.
func (r *replica) start() {
	r.t.Helper()
	r.cmd = exec.Command(os.Args[0])
	r.cmd.Env = append(os.Environ(), replicaAddr+"="+r.addr)
	r.cmd.Stderr = os.Stderr
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	cmd := r.cmd
	r.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	eventually(r.t, r.name+" answers", func() bool {
		resp, err := http.Get("http://" + r.addr + "/healthz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	http.DefaultClient.CloseIdleConnections()
}

func (r *replica) signal(s syscall.Signal) {
	r.t.Helper()
	if err := r.cmd.Process.Signal(s); err != nil {
		r.t.Fatal(err)
	}
}

// kill ends the process at once and waits until it is gone.
func (r *replica) kill() {
	r.t.Helper()
	r.signal(syscall.SIGKILL)
	_ = r.cmd.Wait()
}

func (r *replica) register() {
	r.t.Helper()
	host, port, _ := net.SplitHostPort(r.addr)
	number, _ := strconv.Atoi(port)
	err := r.consul.Agent().ServiceRegister(&api.AgentServiceRegistration{
		ID: r.name, Name: "ms2", Address: host, Port: number,
		Check: &api.AgentServiceCheck{
			HTTP: "http://" + r.addr + "/healthz", Interval: "1s", Timeout: "1s", Status: api.HealthPassing,
		},
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *replica) deregister() {
	r.t.Helper()
	if err := r.consul.Agent().ServiceDeregister(r.name); err != nil {
		r.t.Fatal(err)
	}
}
