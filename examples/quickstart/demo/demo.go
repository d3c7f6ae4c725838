// Package demo is the quickstart's show: it starts everything, lets browsers order, kills a replica on the way and starts
// it again, and says at the end what came of it.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"ms2.internal/lb/examples/quickstart/browsers"
	"ms2.internal/lb/examples/quickstart/fleet"
)

// ErrUnclean is returned when something went wrong that never should: a wrong verdict, a check that failed, an order
// without an answer.
var ErrUnclean = errors.New("not as it should be, see the table")

// Options say how to run the show.
type Options struct {
	// For is how long the browsers order, at least a second.
	For time.Duration

	// Browsers is how many of them order at once.
	Browsers int

	// Consul is the address of the agent through which MS1 finds the replicas; Dev starts one for it, and "" means fixed
	// endpoints.
	Consul string

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
func Run(ctx context.Context, o Options) (err error) {
	begin := time.Now()
	truth, err := browsers.NewTruth()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "ms2-quickstart-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	registry, end, err := o.registry(ctx)
	if err != nil {
		return err
	}
	defer end()
	fmt.Fprintf(o.Out, "starting %d replicas of MS2 and an MS1, each a process with its SQLite; %s\n", replicas, told(registry))
	fmt.Fprintln(o.Out, "half of the browsers bring attestations signed by MS2; MS1 fetches the keys without TLS (MS2_KEYS_INSECURE=on), as on one machine it may")
	f, err := fleet.Start(ctx, fleet.Options{Dir: dir, Replicas: replicas, Retire: truth.Retired, Attest: true, Registry: registry})
	if err != nil {
		return err
	}
	defer f.Close()
	fmt.Fprintf(o.Out, "ready after %.1f s; %d browsers order for %v\n", time.Since(begin).Seconds(), o.Browsers, o.For)
	return newShow(o, f, truth).run(ctx)
}

// told says how MS1 finds the replicas.
func told(r fleet.Registry) string {
	switch {
	case r.Consul == "":
		return "MS1 is told their addresses"
	case r.Own:
		return "MS1 finds them through a Consul of their own"
	}
	return "MS1 finds them through the Consul on " + r.Consul
}
