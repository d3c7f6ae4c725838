package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"ms2.internal/lb/examples/quickstart/browsers"
	"ms2.internal/lb/examples/quickstart/faults"
	"ms2.internal/lb/examples/quickstart/fleet"
	"ms2.internal/lb/examples/quickstart/panel"
)

// play has browsers order and serves the panel, until ctx ends or MS1 does.
func (o Options) play(ctx context.Context, f *fleet.Fleet, set *faults.Set, truth *browsers.Truth) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("the panel: %w", err)
	}
	defer listener.Close() // once more does no harm
	life, end := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer end()
	served := make(chan error, 1)
	all.Go(func() { served <- servePanel(life, listener, o.panel(f, set)) })
	all.Go(func() { crowd(f, set, truth).Run(life, life, customers) })
	url := "http://" + listener.Addr().String() + "/"
	o.tell(f, set, url)
	all.Go(func() { o.open(life, url) })
	return o.attend(life, f, served)
}

// crowd is the browsers, which look for data at replicas that answer: what balances them has no part in this.
func crowd(f *fleet.Fleet, set *faults.Set, truth *browsers.Truth) *browsers.Crowd {
	var addrs []string
	for _, r := range f.Replicas {
		addrs = append(addrs, r.Addr)
	}
	c := browsers.NewCrowd(truth, f.MS1, addrs)
	c.Thinking, c.Attesting, c.Shunned = thinking, attesting, set.Hung
	return c
}

func (o Options) panel(f *fleet.Fleet, set *faults.Set) panel.Options {
	return panel.Options{
		Set:        set,
		HealthPage: f.HealthPage(),
		Summary: func(ctx context.Context) (string, error) {
			stats, err := f.Stats(ctx)
			return stats.Summary, err
		},
		Told: func(what string) { fmt.Fprintf(o.Out, "%s  %s\n", time.Now().Format(time.TimeOnly), what) },
	}
}

// servePanel serves until life ends, and returns when no change is under way any more.
func servePanel(life context.Context, l net.Listener, p panel.Options) error {
	server := &http.Server{Handler: panel.Handler(life, l.Addr().String(), p), ReadTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("the panel: %w", err)
	case <-life.Done():
	}
	err := server.Shutdown(context.WithoutCancel(life)) // changes end with life
	<-failed
	return err
}

// tell says where the pages are.
func (o Options) tell(f *fleet.Fleet, set *faults.Set, url string) {
	fmt.Fprintf(o.Out, "ready; %d browsers order all the time, some %d orders a second\n", customers, int(customers*time.Second/thinking))
	fmt.Fprintf(o.Out, "  health page  %s  what MS1 knows of MS2\n", f.HealthPage())
	fmt.Fprintf(o.Out, "  fault panel  %s  kills, stops or drains a replica, or has it be slow, fail or refuse\n", url)
	if set.NoWay != "" {
		fmt.Fprintln(o.Out, "Consul can't be away:", set.NoWay)
	}
	fmt.Fprintln(o.Out, "so that faults and their ends are seen soon, MS1 runs with", strings.Join(environment, " "))
	fmt.Fprintln(o.Out, "Ctrl-C ends all of it and leaves nothing behind")
}

// open shows the panel to the user.
func (o Options) open(life context.Context, url string) {
	if o.Open == nil {
		return
	}
	if err := o.Open(life, url); err != nil && life.Err() == nil {
		fmt.Fprintf(o.Out, "no browser could be opened (%v): open one of these addresses yourself\n", err)
	}
}

// lookEvery is how often the processes are looked at.
const lookEvery = 200 * time.Millisecond

// attend returns when ctx ends, or what must not end did.
func (o Options) attend(ctx context.Context, f *fleet.Fleet, served <-chan error) error {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-served:
			return errors.Join(errors.New("nobody can switch anything any more"), err)
		case <-ticker.C:
			if err := f.AskerFailure(); err != nil {
				return err
			}
		}
	}
}
