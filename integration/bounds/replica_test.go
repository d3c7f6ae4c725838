package bounds_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

const (
	// replicaVariable makes this binary a replica.
	replicaVariable = "MS2_LB_TEST_BOUNDS_REPLICA"

	// service is how long a lookup takes, however many SIDs it is for.
	service = time.Millisecond

	// believed is for how long a verdict may be kept: longer than any test.
	believed = time.Hour
)

// genuine is the rule by which SIDs are valid, so that a store of all of them takes no memory.
func genuine(sid string) bool { return (sid[len(sid)-1]-'0')%2 == 0 }

// rule is a store of every SID there is.
type rule struct{}

// Lookup implements [protocol.Store].
func (rule) Lookup(ctx context.Context, sids []string) (map[string]protocol.Entity, error) {
	timer := time.NewTimer(service)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	found := make(map[string]protocol.Entity, len(sids))
	for _, sid := range sids {
		if genuine(sid) {
			found[sid] = protocol.Entity{Kind: "product", Version: "1"}
		}
	}
	return found, nil
}

// serve is a replica. It prints its address, and ends with its standard input: when the process that started it is gone.
func serve() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	handler := protocol.NewHandler(rule{}, protocol.HandlerOptions{MaxAge: believed, NegativeMaxAge: believed})
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }() // its error is Close's
	defer server.Close()
	if _, err := fmt.Println(listener.Addr()); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// startReplica starts a replica, which runs until the test is over, and returns its address.
func startReplica(t *testing.T) string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), replicaVariable+"=1")
	cmd.Stderr = os.Stderr
	life, inErr := cmd.StdinPipe()
	said, outErr := cmd.StdoutPipe()
	for _, err := range []error{inErr, outErr, cmd.Start()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		_ = life.Close()
		_ = cmd.Wait()
	})
	addr, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(addr)
}

// newClient starts a replica and a client of it, configured as by default but for what is given, and waits until it is ready.
func newClient(t *testing.T, config sdk.Config) *sdk.Client {
	t.Helper()
	config.Endpoints = []string{startReplica(t)}
	client, err := sdk.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := client.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	return client
}
