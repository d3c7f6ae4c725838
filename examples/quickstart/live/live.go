// Package live runs replicas of MS2 and an MS1 for people who want to see how the SDK deals with faults. Browsers order all the
// time, and two pages stand side by side: MS1's health page, and a panel that does wrong to the replicas.
package live

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"ms2.internal/lb/examples/quickstart/browsers"
	"ms2.internal/lb/examples/quickstart/faults"
	"ms2.internal/lb/examples/quickstart/faulty"
	"ms2.internal/lb/examples/quickstart/fleet"
	"ms2.internal/lb/examples/quickstart/registry"
)

// Options say what to run, and for whom.
type Options struct {
	// Registry is how MS1 finds the replicas.
	Registry registry.Choice

	// Open shows the panel to the user, as site.Browse does. When it fails that is told, and no more; nil shows nothing.
	Open func(ctx context.Context, url string) error

	// Out is where the addresses go, and what is done by the panel.
	Out io.Writer
}

const (
	// replicas is how many of MS2 there are.
	replicas = 3

	// customers is how many browsers order, thinking how long they think between two orders, and attesting one in how many of them
	// brings MS2's signatures. Most must not: what is not asked tells MS1 nothing of its replicas.
	customers = 40
	thinking  = 300 * time.Millisecond
	attesting = 4
)

// environment has MS1 notice a fault, and its end, while people look: with so few orders the defaults take some seconds.
var environment = []string{"MS2_BREAKER_FAILURES=2", "MS2_BREAKER_OPEN=1s", "MS2_WARMUP=1s"}

// replicaArguments has MS1 ask often, whatever it remembers.
var replicaArguments = []string{"-max-age", "1s", "-stale-while-revalidate", "0s"}

// announced is how long a replica that a registry knows goes on when it leaves, so that MS1 hears of it before its port closes.
const announced = time.Second

// Run runs everything until ctx ends, which is no error once all is ready, or MS1 ends by itself. It leaves no process and no file
// behind.
func Run(ctx context.Context, o Options) error {
	truth, err := browsers.NewTruth()
	if err != nil {
		return err
	}
	return o.Registry.With(ctx, o.Out, func(dir string, found fleet.Registry) error { return o.run(ctx, truth, dir, found) })
}

// run runs everything in a directory, with replicas that are found so.
func (o Options) run(ctx context.Context, truth *browsers.Truth, dir string, found fleet.Registry) error {
	way, noWay, err := openWay(found)
	if err != nil {
		return err
	}
	if way != nil {
		defer way.Close()
	}
	fmt.Fprintf(o.Out, "starting %d replicas of MS2 and an MS1, each a process of its own; %s\n", replicas, registry.Words(found))
	f, err := fleet.Start(ctx, fleetOptions(dir, found, way, truth))
	if err != nil {
		return err
	}
	defer f.Close()
	return o.play(ctx, f, &faults.Set{Replicas: faultyReplicas(dir, f), Way: way, NoWay: noWay}, truth)
}

func fleetOptions(dir string, found fleet.Registry, way *faults.Way, truth *browsers.Truth) fleet.Options {
	o := fleet.Options{
		Dir: dir, Replicas: replicas, Retire: truth.Retired, Attest: true, Registry: found,
		MS1Environment:   environment,
		ReplicaArguments: replicaArguments,
		ReplicaCommand:   func(number int) []string { return []string{faulty.Command, faultsFile(dir, number)} },
	}
	if way != nil {
		o.MS1Environment = append([]string{"CONSUL_HTTP_ADDR=" + way.Addr()}, environment...)
	}
	if found.Consul != "" {
		o.ReplicaArguments = append([]string{"-drain", announced.String()}, replicaArguments...)
	}
	return o
}

// faultsFile is where the replica of this number finds its faults.
func faultsFile(dir string, number int) string {
	return filepath.Join(dir, "replica-"+strconv.Itoa(number)+".faults")
}

func faultyReplicas(dir string, f *fleet.Fleet) []*faults.Replica {
	var all []*faults.Replica
	for i, r := range f.Replicas {
		all = append(all, faults.NewReplica(r.Name, r.Addr, faultsFile(dir, i+1), r))
	}
	return all
}
