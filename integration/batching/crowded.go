package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"
)

// serviceTime is what the service takes for a request in the experiments that have a target against the wire.
const serviceTime = time.Millisecond

// conduct is how one contestant did with the crowd.
type conduct struct {
	name       string
	throughput sample // checks a second
	perSID     sample // requests for each SID that was asked for
	p50, p99   sample // of a check, in ms
	cpu        sample // time of a core for each check, callers and service together, in µs
}

// crowded is the experiment with many callers.
func crowded(ctx context.Context, s settings) (report, error) {
	service, err := serve(serviceTime, 0)
	if err != nil {
		return report{}, err
	}
	defer service.close()
	all := contestants()
	conducts := make([]conduct, len(all))
	err = s.eachRound("crowd", func() error {
		c := newCrowd(s.callers, s.checks, s.distinct, s.random)
		for _, i := range s.random.Perm(len(all)) {
			conducts[i].name = all[i].name
			if err := conducts[i].take(ctx, service, all[i], c); err != nil {
				return fmt.Errorf("%s: %w", all[i].name, err)
			}
		}
		return nil
	})
	if err != nil {
		return report{}, err
	}
	return reportCrowd(s, conducts), nil
}

// take lets a new contestant serve the crowd, which warms it up with a quarter of its checks first. A profile tells
// contestants apart by label.
func (d *conduct) take(ctx context.Context, service *service, by contestant, c *crowd) (err error) {
	pprof.Do(ctx, pprof.Labels("contestant", by.name), func(ctx context.Context) {
		ask, closed, openErr := by.open(service.addr)
		if err = openErr; err != nil {
			return
		}
		defer closed()
		if _, _, err = c.begins(max(1, len(c.sids[0])/4)).run(ctx, ask); err != nil {
			return
		}
		runtime.GC() // nobody pays for what the one before has left
		err = d.measure(ctx, service, ask, c)
	})
	return err
}

func (d *conduct) measure(ctx context.Context, service *service, ask check, c *crowd) error {
	requests, cpu := service.requests.Load(), cpuTime()
	took, each, err := c.run(ctx, ask)
	if err != nil {
		return err
	}
	requests, cpu = service.requests.Load()-requests, cpuTime()-cpu
	d.throughput = append(d.throughput, float64(c.checks())/took.Seconds())
	d.perSID = append(d.perSID, float64(requests)/float64(c.asked()))
	d.cpu = append(d.cpu, float64(cpu)/float64(time.Microsecond)/float64(c.checks()))
	d.p50 = append(d.p50, milliseconds(quantile(each, 0.50)))
	d.p99 = append(d.p99, milliseconds(quantile(each, 0.99)))
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// fastest is the contestant of that name, at whatever window, with the highest throughput.
func fastest(conducts []conduct, name string) conduct {
	var best conduct
	for _, d := range conducts {
		if strings.HasPrefix(d.name, name) && (best.name == "" || d.throughput.median() > best.throughput.median()) {
			best = d
		}
	}
	return best
}

func reportCrowd(s settings, conducts []conduct) report {
	r := report{
		title: fmt.Sprintf("crowd: %d callers of %d SIDs, %d checks each, service of %v: throughput, requests, latency",
			s.callers, s.distinct, s.checks, serviceTime),
		header: []string{"", "checks/s", "× one request each", "requests/SID", "p50 ms", "p99 ms", "CPU µs/check", "ours ÷ its checks/s", "ours ÷ its p99"},
	}
	us, bare := fastest(conducts, ours.name), fastest(conducts, oneRequestEach.name)
	for _, d := range conducts {
		r.rows = append(r.rows, []string{
			d.name, show(d.throughput.median()), d.throughput.over(bare.throughput).String(), d.perSID.String(),
			show(d.p50.median()), show(d.p99.median()), show(d.cpu.median()),
			us.throughput.over(d.throughput).String(), us.p99.over(d.p99).String(),
		})
	}
	r.targets = []target{
		atMost(0.02, "crowd: requests for each SID", us.perSID),
		atLeast(10, "crowd: throughput ÷ one request for each check", us.throughput.over(bare.throughput)),
	}
	best := fastest(conducts, nameDataloadgen)
	return r.with(
		atLeast(0.95, "crowd: throughput ÷ "+best.name+", its best", us.throughput.over(best.throughput)),
		atMost(1, "crowd: p99 ÷ "+best.name, us.p99.over(best.p99)),
	)
}
