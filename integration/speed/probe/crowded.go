package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"time"

	"ms2.internal/lb/sdk"
)

const (
	serviceTime = time.Millisecond
	distinct    = 500 // SIDs of the crowd
)

// crowded measures many callers at once.
func crowded(ctx context.Context, t turns, s size, random *rand.Rand) error {
	service, err := serve(serviceTime, 0)
	if err != nil {
		return err
	}
	defer service.close()
	return t.take(func(out io.Writer) error {
		return service.host(ctx, out, newCrowd(s.callers, s.each, distinct, random))
	})
}

// host lets a new client serve the crowd, which warms it up with a quarter of its checks first.
func (s *service) host(ctx context.Context, out io.Writer, c crowd) error {
	client, err := s.client(sdk.Off)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := c.begins(max(1, len(c[0])/4)).run(ctx, client); err != nil {
		return err
	}
	runtime.GC() // nobody pays for what the slice before has left
	return measure(ctx, out, client, c)
}

var errNoCPUTime = errors.New("the CPU time of a process is not known on this system")

// measure prints the CPU time of each check, callers and service together, in µs, and the checks a second.
func measure(ctx context.Context, out io.Writer, client *sdk.Client, c crowd) error {
	began, cpu := time.Now(), cpuTime()
	if err := c.run(ctx, client); err != nil {
		return err
	}
	took, cpu := time.Since(began), cpuTime()-cpu
	if cpu <= 0 {
		return errNoCPUTime
	}
	checks := float64(c.checks())
	fmt.Fprintf(out, "crowd.cpu %g\ncrowd.throughput %g\n", float64(cpu)/float64(time.Microsecond)/checks, checks/took.Seconds())
	return nil
}
