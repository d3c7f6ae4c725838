package simulate

import (
	"slices"
	"strings"
	"testing"
)

// claim is what must hold of ours in a scenario, with room for the noise of short runs.
type claim struct {
	scenario string
	figure   figure
	holds    func(ours float64, r *result, f figure) bool
	text     string
}

var claims = []claim{
	{"equal fleet at 90 %", p99, ofPeers(1.05), "within 5 % of the best peer that needs no help"},
	{"one replica 10 times as slow", p99, ofPeers(1), "below every peer that needs no help"},
	{"one replica 10 times as slow", p999, ofPeers(0.9), "10 % below every peer that needs no help"},
	{"a zone lost and back", p999, beside(asShipped, 0.8), "20 % below every peer that needs no help, as it ships"},
	{"a zone lost and back", failedFirst, beside(asShipped, 0.6), "40 % below every peer that needs no help, as it ships"},
	{"a zone lost and back", p999, beside(withBreaker, 1.05), "within 5 % of the best peer that needs no help, with our breaker"},
	{"one black hole", p999, ofPeers(1.1), "within 10 % of the best peer that needs no help"},
	{"one black hole", failedFirst, below(0.5), "less than 1 in 200 meets it"},
	{"one fails all fast", extra, below(0.5), "less than 1 in 200 is tried again"},
	{"one fails all fast", failedLate, below(0.1), "less than 1 in 1000 meets it once a second has passed"},
	{"one fails half fast", extra, below(0.67), "less than 1 in 150 is tried again"},
	{"one fails half fast", failedLate, below(0.4), "less than 1 in 250 meets it once a second has passed"},
	{"one refuses all fast", extra, below(0.5), "less than 1 in 200 is tried again"},
	{"one refuses all fast", failedLate, below(0.2), "less than 1 in 500 meets it once a second has passed"},
	{"one refuses half fast", failedLate, below(0.5), "less than 1 in 200 meets it once a second has passed"},
	{"one of four hangs and heals", failedFirst, below(0.5), "less than 1 in 200 meets it"},
	{"2 replicas become 5", p99, ofPeers(0.5), "half of every peer that needs no help, or less"},
	{"4 replicas become 8", p99, ofPeers(0.5), "half of every peer that needs no help, or less"},
	{"three zones 5ms apart", p50, ofPeers(0.6), "40 % below every peer, which know no zones"},
	{"slots 2:4:8, weights 1:2:4", p99, ofPeers(1.02), "no worse than the best peer that needs no help"},
	{"slots 2:4:8, weights 1:2:4", least, above(0.75), "each gets its share by weight"},
	{"speeds 1:2:4, weights 1:2:4", p99, ofPeers(0.95), "5 % below every peer that needs no help"},
	{"5 % batches, 51 times as long", p99, ofPeers(1.03), "no worse than the best peer that needs no help"},
	{"2 replicas at 5 %, 10 % apart", least, above(0.95), "shares stay even"},
	{"3 replicas at 5 %, 10 % apart", least, above(0.93), "shares stay even"},
}

// ofPeers holds beside the peers in both forms.
func ofPeers(factor float64) func(float64, *result, figure) bool {
	return func(ours float64, r *result, at figure) bool {
		return beside(asShipped, factor)(ours, r, at) && beside(withBreaker, factor)(ours, r, at)
	}
}

// beside holds beside the peers in one form.
func beside(f form, factor float64) func(float64, *result, figure) bool {
	return func(_ float64, r *result, at figure) bool {
		ratio, _ := r.behind(f, at, unhelped)
		return ratio <= factor
	}
}

func below(limit float64) func(float64, *result, figure) bool {
	return func(ours float64, _ *result, _ figure) bool { return ours < limit }
}

func above(limit float64) func(float64, *result, figure) bool {
	return func(ours float64, _ *result, _ figure) bool { return ours > limit }
}

func TestWhatIsClaimedOfTheBalancerHolds(t *testing.T) {
	for _, s := range catalogue() {
		about := slices.DeleteFunc(slices.Clone(claims), func(c claim) bool { return c.scenario != s.name })
		if len(about) == 0 {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			r := playAll(t, s, 2, 6000, func(c contender) bool { return isOurs(c) || unhelped(c) })
			for _, c := range about {
				if ours := median(r.values(asShipped, 0, c.figure)); !c.holds(ours, r, c.figure) {
					t.Errorf("%s is %.4g, want: %s\n%v", headings[c.figure], ours, c.text, r)
				}
			}
		})
	}
}

func TestEveryClaimIsOfAScenario(t *testing.T) {
	var names []string
	for _, s := range catalogue() {
		names = append(names, s.name)
	}
	for _, c := range claims {
		if !slices.Contains(names, c.scenario) {
			t.Errorf("%q is none of %s", c.scenario, strings.Join(names, "; "))
		}
	}
}
