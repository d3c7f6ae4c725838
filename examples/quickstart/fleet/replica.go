package fleet

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"

	"ms2.internal/lb/examples/quickstart/child"
)

// Replica is a replica of MS2 as a process. Kill and Restart must not be called at once.
type Replica struct {
	// Name is what people call it.
	Name string

	// Addr is where it listens, host:port, in all its runs.
	Addr string

	fleet   *Fleet
	file    string                        // path of its database and its log, without the suffix
	process atomic.Pointer[child.Process] // its latest run; nil before the first
}

func newReplica(f *Fleet, number int) *Replica {
	name := fmt.Sprintf("replica %d", number)
	return &Replica{Name: name, fleet: f, file: filepath.Join(f.options.Dir, fmt.Sprintf("replica-%d", number))}
}

// start starts the process, on a free port the first time and on the same one later.
func (r *Replica) start() error {
	if r.Addr == "" {
		var err error
		if r.Addr, err = freeAddr(); err != nil {
			return err
		}
	}
	o := r.fleet.options
	args := append([]string{"ms2", "-listen", r.Addr, "-db", r.file + ".db", "-drain", "200ms"}, o.Registry.replicaArguments()...)
	if o.Attest {
		args = append(args, "-keys", filepath.Join(o.Dir, "signing-keys.json"))
	}
	if len(o.Retire) > 0 {
		args = append(args, "-retire", strings.Join(o.Retire, ","))
	}
	process, err := child.Start(r.Name, r.file+".log", o.Registry.environment(), args...)
	if err != nil {
		return err
	}
	r.process.Store(process)
	return nil
}

// Kill ends the replica as a crash would, and returns when it is gone.
func (r *Replica) Kill() { r.process.Load().Kill() }

// Restart starts the killed replica again where it was, and returns once it is healthy.
func (r *Replica) Restart(ctx context.Context) error {
	if err := r.start(); err != nil {
		return err
	}
	return r.awaitHealthy(ctx)
}

func (r *Replica) awaitHealthy(ctx context.Context) error {
	err := poll(ctx, r.process.Load(), func() bool {
		response, err := r.fleet.get(ctx, "http://"+r.Addr+"/healthz")
		if err != nil {
			return false
		}
		_ = response.Body.Close() // nothing in it matters
		return response.StatusCode == http.StatusOK
	})
	if err != nil {
		return fmt.Errorf("waiting for %s: %w", r.Name, err)
	}
	return nil
}

func (r *Replica) stop() {
	if p := r.process.Load(); p != nil {
		p.Stop(patience)
	}
}
