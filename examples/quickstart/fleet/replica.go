package fleet

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	"ms2.internal/lb/examples/quickstart/child"
)

// Replica is a replica of MS2 as a process. Kill, Leave, Pause, Resume and Restart must not be called at once.
type Replica struct {
	// Name is what people call it.
	Name string

	// Addr is where it listens, host:port, in all its runs.
	Addr string

	fleet   *Fleet
	number  int
	file    string                        // name of its database and its log, without the suffix
	process atomic.Pointer[child.Process] // its latest run; nil before the first
}

func newReplica(f *Fleet, number int, addr string) *Replica {
	return &Replica{Name: fmt.Sprintf("replica %d", number), Addr: addr, fleet: f, number: number, file: fmt.Sprintf("replica-%d", number)}
}

// start starts the process, the first time and again.
func (r *Replica) start() error {
	o := r.fleet.options
	process, err := r.fleet.run(r.Name, r.file, o.Registry.environment(), r.arguments(o))
	if err != nil {
		return err
	}
	r.process.Store(process)
	return nil
}

func (r *Replica) arguments(o Options) []string {
	args := []string{"ms2"}
	if o.ReplicaCommand != nil {
		args = o.ReplicaCommand(r.number)
	}
	args = append(args, "-listen", r.Addr, "-db", r.Database())
	args = append(args, quick...)
	args = append(args, o.Registry.replicaArguments()...)
	if o.Attest {
		args = append(args, "-keys", r.fleet.KeysFile())
	}
	if o.Life > 0 {
		args = append(args, "-life", o.Life.String())
	}
	if len(o.Retire) > 0 {
		args = append(args, "-retire", strings.Join(o.Retire, ","))
	}
	args = append(args, r.fleet.replicaPage(r.Addr)...)
	return append(args, o.ReplicaArguments...)
}

// Database is the file of its SQLite database.
func (r *Replica) Database() string { return r.fleet.path(r.file + ".db") }

// PID is that of its latest run.
func (r *Replica) PID() int { return r.process.Load().PID() }

// Failure is how the replica ended that nobody told to; nil when all is well.
func (r *Replica) Failure() error {
	if p := r.process.Load(); p != nil {
		return p.Failure()
	}
	return nil
}

// Kill ends the replica as a crash would, and returns when it is gone.
func (r *Replica) Kill() { r.process.Load().Kill() }

// Leave ends the replica in good order, by SIGTERM as a rolling restart does, and returns when it is gone.
func (r *Replica) Leave() { r.process.Load().Stop(patience) }

// Pause freezes the replica, and Resume lets it go on, see [child.Process.Pause].
func (r *Replica) Pause() error { return r.process.Load().Pause() }

// Resume lets a paused replica go on.
func (r *Replica) Resume() error { return r.process.Load().Resume() }

// Running reports whether the replica is not gone, paused or not.
func (r *Replica) Running() bool {
	p := r.process.Load()
	return p != nil && p.Running()
}

// Restart starts the killed replica again where it was, and returns once it is healthy.
func (r *Replica) Restart(ctx context.Context) error {
	if err := r.start(); err != nil {
		return err
	}
	return r.awaitHealthy(ctx)
}

func (r *Replica) awaitHealthy(ctx context.Context) error {
	return r.fleet.awaitHealthy(ctx, r.process.Load(), r.Name, r.Addr)
}

func (r *Replica) stop() {
	if p := r.process.Load(); p != nil {
		p.Stop(patience)
	}
}
