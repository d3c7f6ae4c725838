// Package site runs the services of the quickstart for people: MS2, MS1 and a gateway, each with the page of package web,
// until it is told to end.
package site

import (
	"context"
	"fmt"
	"io"
	"time"

	"ms2.internal/lb/examples/quickstart/fleet"
	"ms2.internal/lb/examples/quickstart/registry"
)

// Options say what to serve, and to whom.
type Options struct {
	// Registry is how MS1 and the gateway find the replicas.
	Registry registry.Choice

	// Open shows a page to the user, as [Browse] does. When it fails that is told, and no more; nil shows none.
	Open func(ctx context.Context, url string) error

	// Out is where the addresses go.
	Out io.Writer
}

// replicas is how many of MS2 there are.
const replicas = 3

// Run serves until ctx ends, which is no error once all is ready, or MS1 or the gateway ends by itself. A replica that does is told of, and
// no more: what goes on without MS2 is for people to see. It leaves no process and no file behind.
func Run(ctx context.Context, o Options) error {
	return o.Registry.With(ctx, o.Out, func(dir string, found fleet.Registry) error { return o.serve(ctx, dir, found) })
}

// serve serves from a directory, with replicas that are found so.
func (o Options) serve(ctx context.Context, dir string, found fleet.Registry) error {
	fmt.Fprintf(o.Out, "starting %d replicas of MS2, an MS1 and a gateway, each a process of its own; %s\n", replicas, registry.Words(found))
	f, err := fleet.Start(ctx, fleet.Options{Dir: dir, Replicas: replicas, Attest: true, Pages: true, Gateway: true, Registry: found})
	if err != nil {
		return err
	}
	defer f.Close()
	o.tell(f)
	return o.attend(ctx, f)
}

// tell says where the page is.
func (o Options) tell(f *fleet.Fleet) {
	fmt.Fprintln(o.Out, "ready; the page is at")
	for _, at := range []struct{ name, addr, how string }{
		{"MS1", f.MS1, "it gets data from MS2, with MS2's signature, and takes it to MS1"},
		{"MS2", f.Replicas[0].Addr, "the same page, served by MS2"},
		{"gateway", f.Gateway, "one origin for both; the gateway adds the signatures"},
	} {
		fmt.Fprintf(o.Out, "  %-9s http://%s/  %s\n", at.name, at.addr, at.how)
	}
	fmt.Fprintln(o.Out, "health page:", f.HealthPage())
	fmt.Fprintln(o.Out, "Ctrl-C ends all of it and leaves nothing behind")
}

// lookEvery is how often the processes are looked at.
const lookEvery = 200 * time.Millisecond

// tellOfDead tells of each replica once that has ended by itself.
func (o Options) tellOfDead(replicas []*fleet.Replica, told map[*fleet.Replica]bool) {
	for _, r := range replicas {
		if !told[r] && r.Failure() != nil {
			told[r] = true
			fmt.Fprintf(o.Out, "%s has ended, with its page at http://%s/: %d of %d are left\n", r.Name, r.Addr, len(replicas)-len(told), len(replicas))
		}
	}
}

// attend shows MS1's page, and returns when ctx ends, or MS1 or the gateway did.
func (o Options) attend(ctx context.Context, f *fleet.Fleet) error {
	opened := make(chan error, 1)
	if o.Open != nil {
		go func() { opened <- o.Open(ctx, "http://"+f.MS1+"/") }()
	}
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	dead := map[*fleet.Replica]bool{}
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-opened:
			if err != nil && ctx.Err() == nil {
				fmt.Fprintf(o.Out, "no browser could be opened (%v): open one of these addresses yourself\n", err)
			}
		case <-ticker.C:
			if err := f.AskerFailure(); err != nil {
				return err
			}
			o.tellOfDead(f.Replicas, dead)
		}
	}
}
