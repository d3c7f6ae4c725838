// Package demo is the quickstart's show: it starts everything, lets browsers order, kills a replica on the way and starts
// it again, and says at the end what came of it.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"ms2.internal/lb/examples/quickstart/browsers"
	"ms2.internal/lb/examples/quickstart/fleet"
	"ms2.internal/lb/examples/quickstart/registry"
)

// ErrUnclean is returned when something went wrong that never should, as a wrong verdict or a check that failed, or did not
// happen that should have. The table says what.
var ErrUnclean = errors.New("not as it should be, see the table")

// Options say how to run the show.
type Options struct {
	// For is how long the browsers order, at least a second.
	For time.Duration

	// Browsers is how many of them order at once.
	Browsers int

	// Registry is how MS1 finds the replicas.
	Registry registry.Choice

	// Out is where progress and the table go.
	Out io.Writer
}

// replicas is how many of MS2 there are, and victim the index of the one that is killed.
const (
	replicas = 3
	victim   = 1
)

// Run runs the show. It leaves no process and no file behind. When ctx ends early the table tells of what was seen until
// then, and the error is the context's.
func Run(ctx context.Context, o Options) error {
	begin := time.Now()
	truth, err := browsers.NewTruth()
	if err != nil {
		return err
	}
	return o.Registry.With(ctx, o.Out, func(dir string, found fleet.Registry) error { return o.run(ctx, begin, truth, dir, found) })
}

// run runs it in a directory, with replicas that are found so.
func (o Options) run(ctx context.Context, begin time.Time, truth *browsers.Truth, dir string, found fleet.Registry) error {
	fmt.Fprintf(o.Out, "starting %d replicas of MS2 and an MS1, each a process with its SQLite; %s\n", replicas, registry.Words(found))
	fmt.Fprintln(o.Out, "half of the browsers bring attestations signed by MS2; MS1 fetches the keys without TLS (MS2_KEYS_INSECURE=on), as on one machine it may")
	f, err := fleet.Start(ctx, fleet.Options{Dir: dir, Replicas: replicas, Retire: truth.Retired, Attest: true, Registry: found})
	if err != nil {
		return err
	}
	defer f.Close()
	fmt.Fprintf(o.Out, "ready after %.1f s; %d browsers order for %v\n", time.Since(begin).Seconds(), o.Browsers, o.For)
	fmt.Fprintln(o.Out, "health page:", f.HealthPage())
	return newShow(o, f, truth).run(ctx)
}
