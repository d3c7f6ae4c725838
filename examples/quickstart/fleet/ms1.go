package fleet

import (
	"context"
	"fmt"

	"ms2.internal/lb/sdk"
)

func (f *Fleet) startMS1() (err error) {
	environment := f.options.Registry.ClientEnvironment(f.endpoints())
	args := []string{"ms1", "-listen", f.MS1, "-health", f.health, "-db", f.MS1Database()}
	if f.options.Attest {
		args = append(args, "-audience", audience)
		environment = append(environment, "MS2_KEYS_INSECURE=on") // all of it is on this machine
	}
	environment = append(environment, f.options.MS1Environment...)
	args = append(args, quick...)
	args = append(args, f.ms1Page()...)
	f.ms1, err = f.run("MS1", "ms1", environment, append(args, f.options.MS1Arguments...))
	return err
}

// audience is whom MS2 signs for.
const audience = "ms1"

// awaitMS1 waits until MS1 knows every replica.
func (f *Fleet) awaitMS1(ctx context.Context) error {
	err := poll(ctx, f.ms1, func() bool {
		stats, err := f.Stats(ctx)
		return err == nil && stats.Ready && stats.Discovery.Instances == len(f.Replicas)
	})
	if err != nil {
		return fmt.Errorf("waiting for MS1 to find %d replicas: %w", len(f.Replicas), err)
	}
	return nil
}

// Stats is what MS1's client knows of itself, from MS1's port for operators.
func (f *Fleet) Stats(ctx context.Context) (sdk.Stats, error) {
	var stats sdk.Stats
	if err := f.read(ctx, "http://"+f.health+"/stats", &stats); err != nil {
		return stats, fmt.Errorf("statistics of MS1: %w", err)
	}
	return stats, nil
}

// MS1Database is the file of MS1's SQLite database.
func (f *Fleet) MS1Database() string { return f.path("ms1.db") }

// MS1PID is the number that the operating system knows MS1 by.
func (f *Fleet) MS1PID() int { return f.ms1.PID() }
