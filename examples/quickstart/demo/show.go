package demo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"ms2.internal/lb/examples/quickstart/browsers"
	"ms2.internal/lb/examples/quickstart/fleet"
)

// show is the part between everything being ready and the table.
type show struct {
	options Options
	fleet   *fleet.Fleet
	crowd   *browsers.Crowd
	monitor *monitor
	begin   time.Time

	mu       sync.Mutex
	scene    string        // what happens now; guarded by mu
	killed   time.Duration // since begin, 0 for not yet; guarded by mu
	returned time.Duration // as killed
}

func newShow(o Options, f *fleet.Fleet, truth *browsers.Truth) *show {
	var addrs []string
	for _, r := range f.Replicas {
		addrs = append(addrs, r.Addr)
	}
	return &show{
		options: o, fleet: f, monitor: newMonitor(f),
		crowd: browsers.NewCrowd(truth, f.MS1, addrs),
		scene: fmt.Sprintf("%d replicas answer", len(addrs)),
	}
}

// run lets everything happen at once, and prints the table.
func (s *show) run(ctx context.Context) error {
	s.begin = time.Now()
	group, life := errgroup.WithContext(ctx)
	load, cancel := context.WithTimeout(life, s.options.For)
	defer cancel()
	group.Go(func() error {
		s.crowd.Run(life, load, s.options.Browsers)
		return life.Err()
	})
	group.Go(func() error { return s.incident(life, load) })
	group.Go(func() error { return s.progress(load) })
	group.Go(func() error { return s.monitor.run(load) })
	err := group.Wait()
	if err != nil && ctx.Err() == nil {
		return err
	}
	r := s.report(context.WithoutCancel(ctx))
	r.print(s.options.Out)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case len(r.complaints()) > 0:
		return ErrUnclean
	}
	return nil
}

// incident kills a replica while all is well, and starts it again. It returns when it has, or when life ends.
func (s *show) incident(life, load context.Context) error {
	r := s.fleet.Replicas[victim]
	if !s.wait(load, 0.40) {
		return nil
	}
	s.tell(r.Name+" was killed with SIGKILL", &s.killed)
	r.Kill()
	if !s.wait(load, 0.65) {
		return nil
	}
	if err := r.Restart(life); err != nil {
		return err
	}
	s.monitor.returned(r.Addr)
	s.tell(r.Name+" was started again", &s.returned)
	return nil
}

// wait waits until a share of the show is over, and reports whether it got there.
func (s *show) wait(load context.Context, share float64) bool {
	select {
	case <-time.After(time.Until(s.begin.Add(time.Duration(share * float64(s.options.For))))):
		return true
	case <-load.Done():
		return false
	}
}

// tell notes what happens now, and when.
func (s *show) tell(scene string, at *time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scene, *at = scene, time.Since(s.begin)
}

// progress prints a line a second until load ends, and returns early when a process has ended by itself.
func (s *show) progress(load context.Context) error {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	before := 0
	for {
		select {
		case <-load.Done():
			return nil
		case <-ticker.C:
		}
		posted := s.crowd.Posted()
		s.mu.Lock()
		scene := s.scene
		s.mu.Unlock()
		if _, err := fmt.Fprintf(s.options.Out, "%4.0f s  %8s orders  %6s/s  %s\n",
			time.Since(s.begin).Seconds(), count(posted), count(posted-before), scene); err != nil {
			return err // nobody reads on
		}
		before = posted
		if err := s.fleet.Failure(); err != nil {
			return errors.Join(errors.New("the show can't go on"), err)
		}
	}
}
