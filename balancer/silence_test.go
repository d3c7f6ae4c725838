package balancer_test

import (
	"math"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
)

const day = 24 * time.Hour

// silences are times without a request. A moment kept in milliseconds and 32 bits is in the future after 26 days, and just now
// after 1<<32; the work in flight is kept beside a moment of 36 bits.
var silences = []time.Duration{
	26 * day, 1 << 32 * time.Millisecond, 50 * day, 365 * day, 1 << 36 * time.Millisecond, 10 * 365 * day,
}

// story is what happens to four replicas, A before all, before a silence and after it.
type story struct {
	name          string
	before, after func(d *driver)
}

var (
	well    = always(20*time.Millisecond, succeed)
	slow    = always(400*time.Millisecond, succeed)
	failed  = always(time.Millisecond, fail)
	denied  = always(time.Millisecond, balancer.Outcome{Result: balancer.Refused})
	goodbye = always(20*time.Millisecond, balancer.Outcome{Result: balancer.Success, Draining: true})
	sheds   = always(time.Millisecond, shed(time.Second))
)

func nothing(*driver) {}

// answersOf has A answer so from now on.
func answersOf(a func() answer) func(*driver) { return func(d *driver) { d.answer["A"] = a } }

// asked has A answer so for two seconds.
func asked(a func() answer) func(*driver) {
	return func(d *driver) {
		d.answer["A"] = a
		d.paced(400, 5*time.Millisecond)
		d.landAll()
	}
}

// joined adds E.
func joined(d *driver) { d.b.Update(replicas(1, 1, 1, 1, 1)) }

var stories = []story{
	{"all is well", nothing, nothing},
	{"A becomes 20 times as slow", nothing, answersOf(slow)},
	{"A was slow, and is well", asked(slow), answersOf(well)},
	{"E joins", nothing, joined},
	{"E had just joined", joined, nothing},
	{"A fails", nothing, answersOf(failed)},
	{"A failed, and is well", asked(failed), answersOf(well)},
	{"A refuses", nothing, answersOf(denied)},
	{"A refused, and is well", asked(denied), answersOf(well)},
	{"A refuses for load", nothing, answersOf(sheds)},
	{"A refused for load, and is well", asked(sheds), answersOf(well)},
	{"A is leaving", nothing, answersOf(goodbye)},
	{"A was leaving, and stays", asked(goodbye), answersOf(well)},
}

// seconds tells the story with a silence in it: what each replica got in each of the eight seconds after that.
func (s story) seconds(t *testing.T, silence time.Duration) (seconds [8]map[string]int) {
	inBubble(t, balancer.Options{WarmUp: warmUp}, []int{1, 1, 1, 1}, func(d *driver) {
		d.paced(2000, 5*time.Millisecond)
		s.before(d)
		d.landAll()
		sleep(silence)
		s.after(d)
		for i := range seconds {
			seconds[i] = d.during(func() { d.paced(200, 5*time.Millisecond) })
		}
	})
	return seconds
}

// byChance is how far two counts of 50 may be apart once the draws differ.
const byChance = 20

// What an hour leaves of the past is nothing, so that a longer silence must make no difference.
func TestAfterASilenceOfYearsAllGoesOnAsAfterAnHour(t *testing.T) {
	for _, s := range stories {
		want := s.seconds(t, time.Hour)
		for _, silence := range silences[:balancer.Played(len(silences), 2)] {
			t.Run(s.name+" after "+silence.String(), func(t *testing.T) {
				for i, got := range s.seconds(t, silence) {
					for _, id := range []string{"A", "B", "C", "D", "E"} {
						if math.Abs(float64(got[id]-want[i][id])) > byChance {
							t.Errorf("in second %d %s got %d of 200, after an hour %d", i+1, id, got[id], want[i][id])
						}
					}
				}
			})
		}
	}
}

// In traffic so thin that no request finds another in flight, nothing but the memory tells that A is slow.
func TestASlowReplicaIsLearntAfterASilenceOfYears(t *testing.T) {
	for _, silence := range append([]time.Duration{time.Hour, 30 * 365 * day}, silences...) {
		inBubble(t, balancer.Options{}, []int{1, 1, 1, 1}, func(d *driver) {
			d.paced(100, 100*time.Millisecond)
			sleep(silence)
			d.answer["A"] = always(90*time.Millisecond, succeed)
			for _, id := range []string{"B", "C", "D"} {
				d.answer[id] = always(4500*time.Microsecond, succeed)
			}
			picks := d.during(func() { d.paced(200, 100*time.Millisecond) })
			t.Log(silence, picks)
			if picks["A"] > 15 {
				t.Errorf("after %v A got %d of 200 requests", silence, picks["A"])
			}
		})
	}
}
