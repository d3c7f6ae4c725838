package serve

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"time"
)

// Options are the times of a server. [Options.Define] sets the defaults.
type Options struct {
	// Drain is how long to serve on after the signal to end, until those who send requests have noticed. 0 or more.
	Drain time.Duration

	// Patience is how long to wait for requests under way after that. Above 0.
	Patience time.Duration

	// ReadTimeout is how long a request may take to arrive, head and body. Above 0.
	ReadTimeout time.Duration

	name string // of the program, for its log
}

// Define adds the flags -drain, -patience and -read-timeout.
func (o *Options) Define(f *flag.FlagSet) {
	o.name = f.Name()
	f.DurationVar(&o.Drain, "drain", time.Second, "how long to serve on after SIGTERM, with health checks that fail, until no new request comes")
	f.DurationVar(&o.Patience, "patience", 5*time.Second, "how long to wait at the end for requests under way")
	f.DurationVar(&o.ReadTimeout, "read-timeout", 10*time.Second, "how long a request may take to arrive")
}

// Check returns an error that names each flag whose value can't work.
func (o Options) Check() error {
	const most = 10 * time.Minute
	return errors.Join(
		Within("drain", o.Drain, 0, most),
		Within("patience", o.Patience, time.Millisecond, most),
		Within("read-timeout", o.ReadTimeout, time.Millisecond, most),
	)
}

// Within returns an error that names the flag when its value is not least to most.
func Within[T cmp.Ordered](name string, value, least, most T) error {
	if value < least || value > most {
		return fmt.Errorf("-%s %v is not %v to %v", name, value, least, most)
	}
	return nil
}
