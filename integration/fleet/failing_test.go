package fleet_test

import (
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

const (
	// warmth is how long all replicas are healthy before one fails.
	warmth = 500 * time.Millisecond

	// detection is how long the balancer may take to find out.
	detection = time.Second

	// metSoon and metSteadily are what percentage of the attempts may meet a replica that always fails, up to any second after
	// that time and from it on. By chance it would be ten. An open breaker lets a probe pass every two seconds: at 700
	// attempts a second, those alone are 0.07 %.
	metSoon, metSteadily = 1.0, 0.1

	// metFaltering is the same for one that fails every other time: no breaker opens.
	metFaltering = 3.0
)

func TestAReplicaThatFailsFastIsSeldomMet(t *testing.T) {
	o := outlast(t, func(r *replica) { r.turn(failing) })
	o.judge(metSteadily)
}

func TestAReplicaThatRefusesConnectionsIsSeldomMet(t *testing.T) {
	o := outlast(t, (*replica).vanish)
	o.judge(metSteadily)
}

func TestAReplicaThatFailsEveryOtherTimeIsSeldomMet(t *testing.T) {
	o := outlast(t, func(r *replica) { r.turn(faltering) })
	o.judge(metFaltering)
}

// outage is how often a replica in trouble was met, from the moment on at which its trouble began.
type outage struct {
	t       *testing.T
	seconds []encounters
}

// outlast runs traffic while one of ten replicas is in trouble. It does so again when the machine stood still meanwhile:
// probes come by the clock, so that they are more of the attempts when less is asked.
func outlast(t *testing.T, trouble func(*replica)) *outage {
	length := lasting(3 * time.Second)
	for range 3 {
		o, stood := outlastOnce(t, trouble, length)
		if stood <= length/6 {
			return o
		}
		t.Logf("the machine stood still for %v of this", stood)
	}
	t.Skip("the machine stood still too often")
	return nil
}

func outlastOnce(t *testing.T, trouble func(*replica), length time.Duration) (*outage, time.Duration) {
	fleet, client := newFleet(t)
	tr := newTraffic(t, client)
	tr.offer(rateFor(replicas), warmth)
	trouble(fleet[0])
	o := &outage{t: t}
	before := encountersOf(client, fleet[0])
	for range length / time.Second {
		tr.offer(rateFor(replicas), time.Second)
		after := encountersOf(client, fleet[0])
		o.seconds = append(o.seconds, after.minus(before))
		before = after
	}
	tr.end()
	return o, tr.stood
}

// judge fails the test when the replica was met too often.
func (o *outage) judge(steadily float64) {
	first := int(detection / time.Second)
	var soon, steady encounters
	for i, second := range o.seconds {
		soon = soon.plus(second)
		if i >= first {
			steady = steady.plus(second)
		}
		if share := second.met(); i >= first && share >= max(metSoon, steadily) {
			o.t.Errorf("in second %d, %.3f %% of the attempts met it, want less than %.1f %%", i+1, share, metSoon)
		}
	}
	o.t.Logf("of the attempts, %.3f %% met it in the first second (%.3f %% failed), %.3f %% after it (%.3f %% failed: %d of %d)",
		o.seconds[0].met(), o.seconds[0].failed(), steady.met(), steady.failed(), steady.failures, steady.attempts)
	if share := steady.met(); share >= steadily {
		o.t.Errorf("%.3f %% of the attempts met it in steady state, want less than %.1f %%", share, steadily)
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
