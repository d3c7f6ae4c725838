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
