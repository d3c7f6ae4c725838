package fleet

import (
	"sync"
	"time"

	"ms2.internal/lb/examples/quickstart/child"
)

// Failure is how a process ended that nobody told to; nil when all is well.
func (f *Fleet) Failure() error {
	if err := f.AskerFailure(); err != nil {
		return err
	}
	for _, r := range f.Replicas {
		if err := r.Failure(); err != nil {
			return err
		}
	}
	return nil
}

// AskerFailure is that of MS1 and the gateway alone, which can go on without MS2.
func (f *Fleet) AskerFailure() error {
	for _, p := range []*child.Process{f.gateway, f.ms1} {
		if p == nil {
			continue
		}
		if err := p.Failure(); err != nil {
			return err
		}
	}
	return nil
}

// quick are the flags of a process that ends quickly when it is told to: nobody is left to notice that it leaves, and what a browser keeps
// open is not waited for.
var quick = []string{"-drain", "0s", "-patience", "500ms"}

// patience is how long a process may take to end before it is killed: longer than it waits itself.
const patience = 5 * time.Second

// Close ends every process, and returns when all are gone. Those that ask end before those that answer, so that nobody
// misses anything.
func (f *Fleet) Close() {
	for _, p := range []*child.Process{f.gateway, f.ms1} {
		if p != nil {
			p.Stop(patience)
		}
	}
	var all sync.WaitGroup
	for _, r := range f.Replicas {
		all.Go(r.stop)
	}
	all.Wait()
}
