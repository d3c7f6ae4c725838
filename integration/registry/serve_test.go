package registry_test

import (
	"context"
	"errors"
	"fmt"
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

type store struct{}

func (store) Lookup(_ context.Context, sids []string) (map[string]protocol.Entity, error) {
	found := map[string]protocol.Entity{}
	for _, sid := range sids {
		if strings.HasPrefix(sid, genuine) {
			found[sid] = protocol.Entity{Kind: "product", Version: "1"}
		}
	}
	return found, nil
}

// serveReplica is a replica: SIGTERM makes it say that it is leaving, SIGUSR1 makes its health check fail or pass again.
// No verdict of it may be kept, so that every check reaches a replica.
func serveReplica(addr string) int {
	var unhealthy atomic.Bool
	handler := protocol.NewHandler(store{}, protocol.HandlerOptions{Health: func(context.Context) error {
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
	fmt.Fprintln(os.Stderr, http.ListenAndServe(addr, handler))
	return 1
}
