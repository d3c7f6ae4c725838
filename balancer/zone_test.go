package balancer_test

import (
	"slices"
	"testing"
	"time"

	"ms2.internal/lb/balancer"
	"ms2.internal/lb/discovery"
)

// inZones are replicas A to C in the zone near, and D to I in two others.
func inZones(t *testing.T, test func(d *driver)) {
	t.Helper()
	inBubble(t, balancer.Options{Zone: "near", Failures: 1}, nil, func(d *driver) {
		d.b.Update(zoned())
		test(d)
	})
}

func zoned() []discovery.Instance {
	all := replicas(slices.Repeat([]int{1}, 9)...)
	for i := range all {
		all[i].Zone = []string{"near", "far", "farther"}[i/3]
	}
	return all
}

func near(picks map[string]int) int { return picks["A"] + picks["B"] + picks["C"] }

func TestTheOwnZoneGetsAllTrafficWhileItHasCapacity(t *testing.T) {
	inZones(t, func(d *driver) {
		picks := d.during(func() { d.paced(3000, 20*time.Millisecond) })
		if near(picks) != 3000 {
			t.Errorf("%d of 3000 went to the own zone, want all", near(picks))
		}
		wantShares(t, picks, []int{1, 1, 1}, 10)
	})
}

func TestMoreSpillsOverTheBusierTheOwnZoneIs(t *testing.T) {
	inZones(t, func(d *driver) {
		before := 1.0
		for _, callers := range []int{3, 6, 12, 24, 48, 96} {
			picks := d.during(func() { d.callers(3000, callers) })
			share := float64(near(picks)) / 3000
			t.Logf("%2d callers: %.2f in the own zone", callers, share)
			if share > before+0.02 || share < before-0.35 || share < 1.0/3 {
				t.Errorf("with %d callers %.2f went to the own zone, after %.2f with half as many", callers, share, before)
			}
			before = share
		}
		if before > 0.75 {
			t.Errorf("with 96 callers %.2f still went to the own zone", before)
		}
	})
}

func TestTrafficLeavesAZoneThatIsFarSlower(t *testing.T) {
	inZones(t, func(d *driver) {
		for _, id := range []string{"A", "B", "C"} {
			d.answer[id] = always(200*time.Millisecond, succeed)
		}
		d.callers(300, 9)
		if picks := d.during(func() { d.callers(1000, 9) }); near(picks) > 300 {
			t.Errorf("%d of 1000 went to the own zone, which is ten times as slow", near(picks))
		}
	})
}

func TestALostZoneCostsOnlyTheFailuresThatOpenItsBreakers(t *testing.T) {
	inZones(t, func(d *driver) {
		for _, id := range []string{"A", "B", "C"} {
			d.answer[id] = always(time.Millisecond, fail)
		}
		picks := d.during(func() { d.paced(1000, time.Millisecond) })
		if near(picks) > 3+6*3 {
			t.Errorf("%d went to the lost zone, want one for each and its probes", near(picks))
		}
	})
}

func TestAZoneWithoutReplicasOrWithAllPrefersNone(t *testing.T) {
	for _, zone := range []string{"", "elsewhere"} {
		inBubble(t, balancer.Options{Zone: zone}, nil, func(d *driver) {
			d.b.Update(zoned())
			wantShares(t, d.during(func() { d.paced(3000, 20*time.Millisecond) }), slices.Repeat([]int{1}, 9), 10)
		})
	}
}

// It is the only one near, so that the preference would give it all at once.
func TestALoneNewcomerOfTheOwnZoneIsNotFlooded(t *testing.T) {
	inBubble(t, balancer.Options{Zone: "near", WarmUp: warmUp}, nil, func(d *driver) {
		d.b.Update(zoned()[3:])
		d.paced(500, 20*time.Millisecond)
		d.b.Update(zoned()[2:])
		for _, want := range []float64{0.25, 0.55, 0.85, 1} { // of all, in the middle of each second
			picks := d.during(func() { d.paced(1000, time.Millisecond) })
			if got := float64(picks["C"]) / 1000; got > 1.1*want {
				t.Errorf("the newcomer got %.2f of the picks, want %.2f at most", got, want)
			}
		}
		if picks := d.during(func() { d.paced(1000, 30*time.Millisecond) }); picks["C"] != 1000 {
			t.Errorf("warm, it got %d of 1000 picks, want all", picks["C"])
		}
	})
}

func TestInPanicTheOwnZoneKeepsWhatItCanServe(t *testing.T) {
	inZones(t, func(d *driver) {
		for _, id := range []string{"D", "E", "F", "G", "H"} {
			d.outcomes(id, 1, leaves)
		}
		if picks := d.during(func() { d.paced(900, 20*time.Millisecond) }); !d.b.Panic() || near(picks) != 900 {
			t.Errorf("panic is %v, %d of 900 went to the own zone, which is well, want all", d.b.Panic(), near(picks))
		}
	})
}
