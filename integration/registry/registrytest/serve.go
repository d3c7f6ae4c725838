package registrytest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"

	"ms2.internal/lb/sdk/protocol"
)

// replicaAddr is the variable that makes this binary a replica at an address.
const replicaAddr = "MS2_LB_TEST_REPLICA"

// genuine begins every SID that a replica calls valid.
const genuine = "good:"

// Store calls every SID valid that begins with "good:", and no other.
type Store struct{}

// Lookup implements [protocol.Store].
func (Store) Lookup(_ context.Context, sids []string) (map[string]protocol.Entity, error) {
	found := map[string]protocol.Entity{}
	for _, sid := range sids {
		if strings.HasPrefix(sid, genuine) {
			found[sid] = protocol.Entity{Kind: "product", Version: "1"}
		}
	}
	return found, nil
}

// serve is a replica: SIGTERM makes it say that it is leaving, SIGUSR1 makes its health check fail or pass again. It
// ends when its standard input does: when the process that started it is gone.
// No verdict of it may be kept, so that every check reaches a replica.
func serve(addr string) int {
	var unhealthy atomic.Bool
	handler := protocol.NewHandler(Store{}, protocol.HandlerOptions{Health: func(context.Context) error {
		if unhealthy.Load() {
			return errors.New("told to be unhealthy")
		}
		return nil
	}})
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGUSR1)
	go func() {
		for s := range signals {
			if s == syscall.SIGTERM {
				handler.Drain()
			} else {
				unhealthy.Store(!unhealthy.Load())
			}
		}
	}()
	go func() { fmt.Fprintln(os.Stderr, http.ListenAndServe(addr, handler)); os.Exit(1) }()
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}
