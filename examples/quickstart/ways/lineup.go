package ways

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"ms2.internal/lb/examples/quickstart/child"
	"ms2.internal/lb/examples/quickstart/fleet"
)

// lineup is every process of the comparison. All are up all the time, so that no way has more of the machine than another.
type lineup struct {
	fleet *fleet.Fleet
	ms1   map[string]*shop // by the way's key, but for the gateway's
}

// shop is the MS1 of one way.
type shop struct {
	process      *child.Process
	addr, health string
}

// pageAge is how long the gateway keeps a page: through a turn, and not until the next one.
const pageAge = 10 * time.Second

// startLimit is how long everything may take to become ready; a second or two is usual.
const startLimit = time.Minute

// startLineup starts everything, with databases and logs in dir. Close it when done; after an error nothing runs.
func startLineup(ctx context.Context, dir string, retire []string, ways []way) (*lineup, error) {
	f, err := fleet.Start(ctx, fleet.Options{
		Dir: dir, Replicas: replicas, Retire: retire, Attest: true, Gateway: true,
		ReplicaArguments: []string{"-page-age", pageAge.String()},
	})
	if err != nil {
		return nil, err
	}
	l := &lineup{fleet: f, ms1: map[string]*shop{}}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for _, w := range ways {
		if err := l.add(ctx, dir, w); err != nil {
			l.close()
			return nil, fmt.Errorf("starting MS1 of way %s: %w", w.key, err)
		}
	}
	return l, nil
}

// add starts the MS1 of a way, unless it is the fleet's own.
func (l *lineup) add(ctx context.Context, dir string, w way) error {
	if w.subcommand == "" {
		return nil
	}
	addrs, err := fleet.FreeAddrs(2)
	if err != nil {
		return err
	}
	s := &shop{addr: addrs[0], health: addrs[1]}
	name := "ms1-" + w.key
	args := []string{w.subcommand, "-listen", s.addr, "-health", s.health, "-db", filepath.Join(dir, name+".db"), "-drain", "0"}
	environment := fleet.Registry{}.ClientEnvironment(l.endpoints(w.replicas))
	if w.verifies() {
		args = append(args, "-audience", "ms1")
		environment = append(environment, "MS2_KEYS_INSECURE=on") // all of it is on this machine
	}
	s.process, err = child.Start(child.Command{
		Name: "MS1 of way " + w.key, Args: args, Env: append(environment, w.environment...), Log: filepath.Join(dir, name+".log"),
	})
	if err != nil {
		return err
	}
	l.ms1[w.key] = s
	return s.await(ctx)
}

func (l *lineup) endpoints(count int) []string {
	var addrs []string
	for _, r := range l.fleet.Replicas[:count] {
		addrs = append(addrs, r.Addr)
	}
	return addrs
}

// await returns when the shop is ready.
func (s *shop) await(ctx context.Context) error {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for !s.ready(ctx) {
		if err := s.process.Failure(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; its last words:\n%s", ctx.Err(), s.process.Tail())
		case <-ticker.C:
		}
	}
	return nil
}

func (s *shop) ready(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.health+"/readyz", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close() // nothing in it matters
	return response.StatusCode == http.StatusOK
}

// failure is how a process ended that nobody told to; nil when all is well.
func (l *lineup) failure() error {
	errs := []error{l.fleet.Failure()}
	for _, s := range l.ms1 {
		errs = append(errs, s.process.Failure())
	}
	return errors.Join(errs...)
}

// close ends every process, those that ask before those that answer, and returns when all are gone.
func (l *lineup) close() {
	const patience = 5 * time.Second
	var ending sync.WaitGroup
	for _, s := range l.ms1 {
		ending.Go(func() { s.process.Stop(patience) })
	}
	ending.Wait()
	l.fleet.Close()
}
