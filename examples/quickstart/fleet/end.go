package fleet

import "time"

// Failure is how a process ended that nobody told to; nil when all is well.
func (f *Fleet) Failure() error {
	for _, r := range f.Replicas {
		if p := r.process.Load(); p != nil && p.Failure() != nil {
			return p.Failure()
		}
	}
	if f.ms1 != nil {
		return f.ms1.Failure()
	}
	return nil
}

// patience is how long a process may take to end before it is killed.
const patience = 5 * time.Second

// Close ends every process, MS1 first, so that it never misses a replica, and returns when all are gone.
func (f *Fleet) Close() {
	if f.ms1 != nil {
		f.ms1.Stop(patience)
	}
	stopped := make(chan struct{})
	for _, r := range f.Replicas {
		go func() {
			r.stop()
			stopped <- struct{}{}
		}()
	}
	for range f.Replicas {
		<-stopped
	}
}
