package balancer_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
)

var leaves = balancer.Outcome{Draining: true}

func TestWhenLessThanHalfAreFitAllThatMayBeAskedAre(t *testing.T) {
	inBubble(t, balancer.Options{Failures: 1}, slices.Repeat([]int{1}, 6), func(d *driver) {
		d.outcomes("A", 1, leaves)
		d.outcomes("B", 1, leaves)
		d.outcomes("C", 1, fail)
		if picks := d.during(func() { d.paced(300, time.Millisecond) }); d.b.Panic() || picks["A"]+picks["B"]+picks["C"] > 0 {
			t.Errorf("picked %v, panic %v, want none of A, B and C while half are fit", picks, d.b.Panic())
		}
		d.outcomes("D", 1, leaves)
		picks := d.during(func() { d.paced(600, time.Millisecond) })
		if picks["C"] > 0 {
			t.Error("a replica whose breaker is open was asked")
		}
		delete(picks, "C")
		for id, n := range picks {
			if n < 100 || n > 140 {
				t.Errorf("%s got %d picks, want 120", id, n)
			}
		}
		if s := d.stats("A"); !d.b.Panic() || s.State != balancer.Draining || !strings.Contains(s.Why, "less than half") {
			t.Errorf("panic is %v and A is %q, %q", d.b.Panic(), s.State, s.Why)
		}
	})
}

func TestPanicEndsWhenHalfAreFitAgain(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1, 1, 1}, func(d *driver) {
		for _, id := range []string{"A", "B", "C"} {
			d.outcomes(id, 1, leaves)
		}
		if d.paced(1, time.Millisecond); !d.b.Panic() {
			t.Error("no panic with one fit of four")
		}
		d.b.Update(replicas(1, 1, 1, 1, 1, 1))
		if d.paced(1, time.Millisecond); d.b.Panic() {
			t.Error("panic with three fit of six")
		}
	})
}

func TestHalfOfTheFleetIsHalfOfItsWeight(t *testing.T) {
	for _, c := range []struct {
		weights []int
		leaving string
		want    bool
	}{
		{[]int{6, 1, 1, 1, 1}, "A", true},
		{[]int{5, 2, 1, 1, 1}, "A", false},
		{[]int{6, 1, 1, 1, 1}, "BCDE", false},
		{[]int{1, 1, 0, 0, 0}, "A", false},
		{[]int{2, 1, 0, 0, 0}, "A", true},
		{[]int{1, 1, 0, 0, 0}, "CDE", false},
	} {
		inBubble(t, balancer.Options{}, c.weights, func(d *driver) {
			for _, id := range c.leaving {
				d.outcomes(string(id), 1, leaves)
			}
			if d.paced(1, time.Millisecond); d.b.Panic() != c.want {
				t.Errorf("of weights %v, with %s leaving, panic is %v", c.weights, c.leaving, d.b.Panic())
			}
		})
	}
}

func TestReplicasOfWeightZeroAloneAreNoReasonToPanic(t *testing.T) {
	inBubble(t, balancer.Options{Failures: 1}, []int{20, 10, 10, 0, 0, 0, 0}, func(d *driver) {
		wantShares(t, d.during(func() { d.paced(3000, 20*time.Millisecond) }), []int{20, 10, 10}, 10)
		d.outcomes("A", 1, fail)
		d.outcomes("B", 1, fail)
		d.outcomes("D", 1, leaves)
		if picks := d.during(func() { d.paced(100, time.Millisecond) }); d.b.Panic() || picks["C"] != 100 {
			t.Errorf("panic is %v, picked %v, want C alone, since nothing else but the last choice is left", d.b.Panic(), picks)
		}
	})
}

func TestWhatIsNotYetKnownDoesNotHang(t *testing.T) {
	inBubble(t, balancer.Options{WarmUp: warmUp}, []int{1, 1, 1}, func(d *driver) {
		d.all(6, always(100*time.Millisecond, succeed))
		d.outcomes("A", 1, leaves)
		panicked := 0
		pace := func() {
			for range 300 {
				if d.paced(1, 4*time.Millisecond); d.b.Panic() {
					panicked++
				}
			}
		}
		pace() // before the first answer, and after
		d.b.Update(replicas(1, 1, 1, 1, 1, 1))
		d.outcomes("B", 1, leaves)
		d.pass(2 * warmUp / 3) // of six one, and three that are warm to 70 %
		pace()
		if panicked > 0 {
			t.Errorf("panic in %d of 600 looks: %+v", panicked, d.b.Stats())
		}
	})
}

func TestWhatAnswersNothingOrRestsIsNotAskedInPanic(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1, 1, 1, 1}, func(d *driver) {
		d.answer["A"] = always(time.Millisecond, refuse)
		d.persist(3*time.Second, 8)
		d.wantState("A", balancer.Ejected)
		d.landAll()
		d.outcomes("B", 1, shed(5*time.Second))
		d.outcomes("C", 1, leaves)
		d.outcomes("D", 1, leaves)
		picks := d.during(func() { d.paced(500, time.Millisecond) })
		if !d.b.Panic() || picks["A"]+picks["B"] > 0 || picks["C"] == 0 || picks["D"] == 0 {
			t.Errorf("panic is %v, picked %v, want neither A, which answers nothing, nor B, which rests", d.b.Panic(), picks)
		}
	})
}

func TestWhatWarmsUpCountsByItsPartAndWhatHangsNotAtAll(t *testing.T) {
	inBubble(t, balancer.Options{WarmUp: 30 * time.Second}, []int{1, 1, 1}, func(d *driver) {
		d.paced(500, 4*time.Millisecond)
		d.b.Update(replicas(1, 1, 1, 1)) // D warms up
		d.outcomes("A", 1, leaves)
		d.answer["C"] = always(10*time.Second, fail)
		if d.paced(1, 4*time.Millisecond); d.b.Panic() {
			t.Error("panic before C hangs")
		}
		d.paced(300, 4*time.Millisecond)
		if !d.b.Panic() {
			t.Errorf("no panic though of four one is leaving, one hangs and one has begun: %+v", d.b.Stats())
		}
	})
}

func TestWhenTheRestHangsOrWarmsUpThoseThatAreLeavingAreAsked(t *testing.T) {
	for _, warm := range []time.Duration{0, 2 * time.Second, 5 * time.Second} {
		inBubble(t, balancer.Options{WarmUp: warmUp}, []int{1, 1, 1}, func(d *driver) {
			d.paced(500, 4*time.Millisecond)
			d.b.Update(replicas(1, 1, 1, 1)) // D warms up
			d.paced(int(warm/(4*time.Millisecond)), 4*time.Millisecond)
			d.outcomes("A", 1, leaves)
			d.outcomes("B", 1, leaves)
			d.answer["C"] = always(10*time.Second, fail)
			picks := d.during(func() { d.paced(2000, 4*time.Millisecond) })
			if s := d.stats("C"); s.Breaker != "closed" || picks["C"] > 100 || picks["D"] == 0 || picks["A"]+picks["B"] < 1000 {
				t.Errorf("D warm for %v: picked %v, want C, which hangs, seldom, and A and B most: %+v", warm, picks, s)
			}
		})
	}
}

func TestAReplicaThatAnswersNothingIsNoPartOfTheFleet(t *testing.T) {
	inBubble(t, balancer.Options{}, []int{1, 1, 1}, func(d *driver) {
		d.answer["A"] = always(time.Millisecond, refuse)
		d.persist(3*time.Second, 8)
		d.landAll()
		d.outcomes("B", 1, leaves)
		if picks := d.during(func() { d.paced(200, time.Millisecond) }); d.b.Panic() || picks["B"] > 0 {
			t.Errorf("panic is %v, picked %v, want none with one fit of two", d.b.Panic(), picks)
		}
	})
}
