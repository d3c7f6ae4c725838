package bounds_test

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// singlesGap is the time from one single check to the next: 200 a second.
const singlesGap = 5 * time.Millisecond

// singles makes single checks in an open loop: one is made when its time has come, whatever became of those before.
type singles struct {
	t      *testing.T
	client *sdk.Client
	asked  int // so many different SIDs

	checking sync.WaitGroup
	mu       sync.Mutex
	underway int // guarded by mu
	most     int // guarded by mu: that were under way at once
}

// times are those of checks: how long each took, and how late it was begun.
type times struct{ took, late []time.Duration }

// run makes checks until the channel is closed, waits for the last of them and adds their times.
func (s *singles) run(stop <-chan struct{}, into *times) {
	defer s.checking.Wait()
	began := time.Now()
	for i := 1; ; i++ {
		due := began.Add(time.Duration(i) * singlesGap)
		select {
		case <-stop:
			return
		case <-time.After(time.Until(due)):
		}
		s.asked++
		sid := fmt.Sprintf("single:%d", s.asked)
		s.checking.Go(func() { s.check(sid, due, into) })
	}
}

func (s *singles) check(sid string, due time.Time, into *times) {
	s.begin()
	began := time.Now()
	v, err := s.client.Validate(s.t.Context(), sid)
	took := time.Since(began)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.underway--
	into.took, into.late = append(into.took, took), append(into.late, began.Sub(due))
	if err != nil || !isRight(v, sid) {
		s.t.Errorf("%s: %+v, %v", sid, v, err)
	}
}

func (s *singles) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.underway++
	s.most = max(s.most, s.underway)
}

// isRight says that a verdict is what the replica says of the SID, asked now.
func isRight(v sdk.Verdict, sid string) bool {
	return v.SID == sid && v.Valid == genuine(sid) && v.Origin == sdk.Fresh
}

// quantile is the nearest-rank one.
func quantile(values []time.Duration, q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(math.Ceil(q*float64(len(sorted))))-1]
}
