package service

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"ms2.internal/lb/sdk/protocol"
)

// asService has this test's binary be the service.
const asService = "MS1_TEST_AS_SERVICE"

func TestMain(m *testing.M) {
	if os.Getenv(asService) != "" {
		os.Exit(Main(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// process is the service as a process of its own.
type process struct {
	options
	cmd *exec.Cmd
	log bytes.Buffer // complete once it has ended
}

func startProcess(t *testing.T, args ...string) *process {
	t.Helper()
	ms2 := httptest.NewServer(protocol.NewHandler(everything{}, protocol.HandlerOptions{MaxAge: time.Minute}))
	t.Cleanup(ms2.Close)
	p := &process{options: newOptions(t)}
	p.cmd = exec.CommandContext(t.Context(), os.Args[0], append([]string{"-listen", p.listen, "-health", p.health, "-db", p.db}, args...)...)
	p.cmd.Env = append(os.Environ(), asService+"=1", "MS2_ENDPOINTS="+ms2.Listener.Addr().String())
	p.cmd.Stderr = &p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	awaitReady(t, p.health)
	return p
}

// awaitLeaving waits until the health check fails, as a load balancer does.
func (p *process) awaitLeaving(t *testing.T) {
	t.Helper()
	for limit := time.Now().Add(30 * time.Second); time.Now().Before(limit); {
		response, err := http.Get("http://" + p.health + "/readyz")
		if err != nil {
			t.Fatalf("the health check is gone before it failed: %v", err)
		}
		_ = response.Body.Close() // the status says all
		if response.StatusCode == http.StatusServiceUnavailable {
			return
		}
	}
	t.Fatal("it is ready for good")
}

func TestASignalLosesNoOrderOfKeptConnections(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process can't be told to end there")
	}
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGHUP) // a process that is started while nohup has it ignored ignores it, too
	t.Cleanup(func() { signal.Stop(heard) })
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			p := startProcess(t, "-drain", "1s")
			l := &load{process: p, acknowledged: make(chan struct{})}
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				l.run(ctx, 8)
			}()
			l.await(t, 20)
			if err := p.cmd.Process.Signal(s); err != nil {
				t.Fatal(err)
			}
			p.awaitLeaving(t)
			l.await(t, 20) // a load balancer takes a while to act
			cancel()
			<-ended
			if err := p.cmd.Wait(); err != nil || !strings.Contains(p.log.String(), "ms1: leaving") {
				t.Errorf("it ended with %v, and said %s", err, &p.log)
			}
			l.expectNothingLost(t)
		})
	}
}
