package health

import (
	"math"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk"
)

func TestTheHistoryKeepsTwoMinutesASecondApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		c := newMade(func() sdk.Stats {
			seconds := int(time.Since(start) / time.Second)
			s := incident(seconds)
			s.Checks.Fresh = int64(seconds * seconds)
			return s
		})
		h := newHandler([]source{c})
		w := h.watches[0]
		time.Sleep(300 * time.Second)
		close(c.done)
		synctest.Wait()
		got := &w.past.origins[fresh]
		if got.count != span || got.at(0) != 2*300-1 || got.at(span-1) != 2*181-1 || !math.IsNaN(got.at(span)) {
			t.Errorf("%d samples, from %v to %v", got.count, got.at(span-1), got.at(0))
		}
		if r := w.past.replicas[replicaKey{"ms2-2", "10.0.1.9:8082"}]; r.requests.at(0) != 18 || r.requests.count != span {
			t.Errorf("%v requests a second", r.requests.at(0))
		}
		runtime.KeepAlive(h)
	})
}

func TestWhatIsSavedIsOfAllChecksOfTheMinute(t *testing.T) {
	for name, c := range map[string]struct {
		next        func(s *sdk.Stats, second int64)
		value, note string
	}{
		"each is asked, and answered a second later": {func(s *sdk.Stats, second int64) {
			s.Attempts, s.Checks.Fresh = (second+1)/2, second/2
		}, "0 %", "1 requests a check"},
		"one second with most of them": {func(s *sdk.Stats, second int64) {
			s.Attempts, s.Checks.Fresh = s.Attempts+1, s.Checks.Fresh+1
			if second == 30 {
				s.Checks.Cached = 9940
			}
		}, "99.4 %", "0.01 requests a check"},
		"more than one request a check": {func(s *sdk.Stats, second int64) {
			s.Attempts, s.Checks.Fresh = 3*second, 2*second
		}, "0 %", "1.5 requests a check"},
	} {
		var past history
		s := idleStats()
		for second := range int64(61) {
			s.At = noon.Add(time.Duration(second) * time.Second)
			c.next(&s, second)
			past.add(s)
		}
		if got := figures(s, &past)[3]; got.Value != c.value || got.Note != c.note {
			t.Errorf("%s: %s saved, %s", name, got.Value, got.Note)
		}
	}
}

func TestAReplicaThatLeftIsForgottenAndOneThatReturnsBeginsAnew(t *testing.T) {
	set := func(i int, replicas ...sdk.ReplicaStats) sdk.Stats {
		return sdk.Stats{At: noon.Add(time.Duration(i) * time.Second), Replicas: replicas}
	}
	var h history
	h.add(set(0, sdk.ReplicaStats{ID: "a", Picks: 100}))
	h.add(set(1, sdk.ReplicaStats{ID: "a", Picks: 110}))
	if got := h.replicas[replicaKey{id: "a"}].requests.at(0); got != 10 {
		t.Errorf("%v requests", got)
	}
	h.add(set(2, sdk.ReplicaStats{ID: "a", Picks: 3})) // left and returned between two samples
	if got := h.replicas[replicaKey{id: "a"}].requests.at(0); got != 3 {
		t.Errorf("%v requests of one that began again", got)
	}
	h.add(set(3, sdk.ReplicaStats{ID: "a", Addr: "elsewhere", Picks: 50}))
	if len(h.replicas) != 1 || h.replicas[replicaKey{"a", "elsewhere"}].requests.count != 0 {
		t.Errorf("%v", h.replicas)
	}
	h.add(set(4))
	if len(h.replicas) != 0 {
		t.Errorf("%v", h.replicas)
	}
}

func TestCallersThatLeftAreNoFailures(t *testing.T) {
	var h history
	for i := range int64(3) {
		h.add(sdk.Stats{At: noon.Add(time.Duration(i) * time.Second), Checks: sdk.CheckStats{Fresh: 10 * i, Failed: 5 * i, FailedBy: sdk.FailedStats{Canceled: 5 * i}}})
	}
	if got := h.origins[failed].mean(60); got != 0 {
		t.Errorf("%v failed a second", got)
	}
}

func TestABarIsTheMostOfItsSecondsAndNothingIsLessThanAnything(t *testing.T) {
	var s series
	s.add(math.NaN())
	for _, v := range []float64{0, 0, 0, 0, 9, 0, 0.01, 0} {
		s.add(v)
	}
	got := sparkOf("failed", &s, 9, number)
	if want := "M111 20V19.2M114 20V0M117 20V17.5"; got.Path != want {
		t.Errorf("got %s, want %s", got.Path, want)
	}
	if got.Label != "failed in 2 minutes: least 0, most 9, now 0" {
		t.Errorf("label %q", got.Label)
	}
}
