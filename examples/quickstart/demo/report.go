package demo

import (
	"context"
	"time"

	"ms2.internal/lb/examples/quickstart/browsers"
	"ms2.internal/lb/sdk"
)

// report is everything that the table tells.
type report struct {
	took     time.Duration
	browsers int
	orders   browsers.Tally
	stats    sdk.Stats
	replicas []replicaReport
	killed   time.Duration // 0: it was not
	returned time.Duration
	err      error // why the statistics are not the last ones
}

// replicaReport is a replica's line.
type replicaReport struct {
	name, addr string
	victim     bool
	sightings
}

// asked is how many requests it was picked for since it came back.
func (one replicaReport) asked() int64 { return one.picks - one.before }

// lastLook is how long MS1 may take to tell its statistics at the end.
const lastLook = 2 * time.Second

// report gathers what was seen. The browsers have stopped.
func (s *show) report(ctx context.Context) report {
	r := report{took: min(time.Since(s.begin), s.options.For), browsers: s.options.Browsers, orders: s.crowd.Tally()}
	ctx, cancel := context.WithTimeout(ctx, lastLook)
	defer cancel()
	r.err = s.monitor.look(ctx)
	s.monitor.mu.Lock()
	defer s.monitor.mu.Unlock()
	r.stats = s.monitor.stats
	for i, one := range s.fleet.Replicas {
		line := replicaReport{name: one.Name, addr: one.Addr, victim: i == victim}
		if seen := s.monitor.replicas[one.Addr]; seen != nil {
			line.sightings = *seen
		}
		r.replicas = append(r.replicas, line)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r.killed, r.returned = s.killed, s.returned
	return r
}

// checks is how many got a verdict.
func (r report) checks() int64 {
	c := r.stats.Checks
	return c.Fresh + c.Cached + c.Stale + c.Attested
}

// requests is how many HTTP requests MS1 made to MS2.
func (r report) requests() int64 { return r.stats.Attempts + r.stats.Forwarded.Attempts }

// unevenness is how far the picks of the replicas that stayed alive are from even: the largest distance from their mean,
// as a share of it. picks is their sum.
func (r report) unevenness() (far float64, picks int64) {
	var alive []float64
	for _, one := range r.replicas {
		if !one.victim || r.killed == 0 {
			alive = append(alive, float64(one.picks))
			picks += one.picks
		}
	}
	if picks == 0 {
		return 0, 0
	}
	mean := float64(picks) / float64(len(alive))
	for _, p := range alive {
		far = max(far, p-mean, mean-p)
	}
	return far / mean, picks
}

// percentile is the time that a share of the orders stayed within.
func (r report) percentile(share float64) time.Duration {
	times := r.orders.Times
	if len(times) == 0 {
		return 0
	}
	return times[min(len(times)-1, int(share*float64(len(times))))]
}
