package fleet_test

import (
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

const (
	// outageByDefault is how long the replica is in trouble.
	outageByDefault = 3 * time.Second

	// warmth is how long all replicas are healthy before one fails.
	warmth = 500 * time.Millisecond

	// detection is how long the balancer may take to find out.
	detection = time.Second

	// metSoon is what percentage of the attempts may meet a replica that always fails in any one second after that time. By
	// chance it would be ten.
	metSoon = 1.0

	// metSteadily is the same for all the time after it, at 700 attempts a second. An open breaker lets a probe pass every two
	// seconds: those alone are 0.07 %, and more when less is asked.
	metSteadily = 0.1

	// falteringMetSteadily is the same for one that fails every other time, which opens no breaker.
	falteringMetSteadily = 3.0
)

func TestAReplicaThatFailsFastIsSeldomMet(t *testing.T) {
	t.Parallel()
	outlast(t, func(r *replica) { r.turn(failing) }).judge(metSoon, metSteadily)
}

func TestAReplicaThatRefusesConnectionsIsSeldomMet(t *testing.T) {
	t.Parallel()
	outlast(t, (*replica).vanish).judge(metSoon, metSteadily)
}

// When the machine stands still, attempts at the others time out and their breakers open, and this one gets what is left.
// That is then another test.
func TestAReplicaThatFailsEveryOtherTimeIsSeldomMet(t *testing.T) {
	t.Parallel()
	for range 3 {
		if o := outlast(t, func(r *replica) { r.turn(faltering) }); o.stood < lasting(outageByDefault)/6 {
			o.judge(100, falteringMetSteadily)
			return
		}
	}
	t.Skip("the machine stood still too often")
}

// outage is how often a replica in trouble was met, from the moment on at which its trouble began.
type outage struct {
	t       *testing.T
	seconds []encounters
	stood   time.Duration // the machine
}

// outlast runs traffic while one of ten replicas is in trouble.
func outlast(t *testing.T, trouble func(*replica)) *outage {
	fleet, client := newFleet(t)
	tr, o := newTraffic(t, client), &outage{t: t}
	tr.offer(rateFor(replicas), warmth)
	trouble(fleet[0])
	for range lasting(outageByDefault) / time.Second {
		o.seconds = append(o.seconds, during(client, fleet[0], func() { tr.offer(rateFor(replicas), time.Second) }))
	}
	tr.end()
	o.stood = tr.stood
	return o
}

// during counts what happens while f runs. Probes come by the clock, so that what could not be asked because the machine
// stood still counts as asked: else they would be a larger share for no fault of the balancer.
func during(client *sdk.Client, r *replica, f func()) encounters {
	before, began := encountersOf(client, r), time.Now()
	f()
	e := encountersOf(client, r).minus(before)
	e.attempts = max(e.attempts, int64(rateFor(replicas)*time.Since(began).Seconds()))
	return e
}

// judge fails the test when the replica was met too often in a second, or at all after the detection.
func (o *outage) judge(inASecond, steadily float64) {
	var steady encounters
	for i, second := range o.seconds[detection/time.Second:] {
		steady = steady.plus(second)
		if share := second.met(); share >= inASecond {
			o.t.Errorf("in second %d after the detection, %.3f %% of the attempts met it, want less than %.1f %%", i+1, share, inASecond)
		}
	}
	o.t.Logf("of the attempts, %.3f %% met it in the first second (%.3f %% failed), %.3f %% after it (%.3f %% failed: %d of %d)",
		o.seconds[0].met(), o.seconds[0].failed(), steady.met(), steady.failed(), steady.failures, steady.attempts)
	steadily *= 700 / rateFor(replicas)
	if share := steady.met(); share >= steadily {
		o.t.Errorf("%.3f %% of the attempts met it in steady state, want less than %.2f %%", share, steadily)
	}
}

// encounters counts attempts, and those that met a certain replica.
type encounters struct{ attempts, meetings, failures int64 }

func encountersOf(client *sdk.Client, r *replica) encounters {
	var e encounters
	for _, s := range client.Stats().Replicas {
		e.attempts += s.Picks
		if s.ID == r.addr {
			e.meetings, e.failures = s.Picks, s.Failures
		}
	}
	return e
}

func (e encounters) plus(o encounters) encounters {
	return encounters{e.attempts + o.attempts, e.meetings + o.meetings, e.failures + o.failures}
}

func (e encounters) minus(o encounters) encounters {
	return encounters{e.attempts - o.attempts, e.meetings - o.meetings, e.failures - o.failures}
}

// met is the share of the attempts that met the replica, in percent.
func (e encounters) met() float64 { return percent(e.meetings, e.attempts) }

// failed is the share of the attempts that failed at it, in percent.
func (e encounters) failed() float64 { return percent(e.failures, e.attempts) }
