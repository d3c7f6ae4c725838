package sdk_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// came is what came of one check.
type came struct {
	began time.Time
	took  time.Duration
	sid   string
	v     sdk.Verdict
	err   error
}

// right reports whether it is the truth that came.
func (a came) right() bool {
	return a.err == nil && a.v.SID == a.sid && a.v.Valid == (truthOf(a.sid) == protocol.StatusValid)
}

// steadily makes so many checks a second for a while, however long each takes, and returns what came of them, in their order.
func steadily(t *testing.T, c *sdk.Client, rate int, d time.Duration, sid func(i int) string) []came {
	var (
		all   = make([]came, rate*int(d/time.Millisecond)/1000)
		group sync.WaitGroup
	)
	for i := range all {
		group.Go(func() {
			a := &all[i]
			a.began, a.sid = time.Now(), sid(i)
			a.v, a.err = c.Validate(t.Context(), a.sid)
			a.took = time.Since(a.began)
		})
		<-time.After(time.Second / time.Duration(rate))
	}
	group.Wait()
	return all
}

// aSecond is how many checks these tests make in one. It divides no second evenly, so that none is made in the instant of a change.
var aSecond = played(300, 90)

func someMixed(i int) string { return mixed[i%len(mixed)] }

// outage is a fleet of three that answers everything alike for a while.
type outage struct {
	sick     http.HandlerFunc
	lasts    time.Duration
	protocol string
	says     string        // what the errors say
	heals    time.Duration // how long it may take after the outage until every check is answered
	frugal   bool          // whether it is found out what all say, and costs two requests more a second from then on
}

// run asks all the time, from so long before the outage on.
func (o outage) run(t *testing.T, before time.Duration) {
	inBubble(t, func(t *testing.T, f *fleet) {
		c := f.client(uncached, func(cfg *sdk.Config) { cfg.Protocol = o.protocol })
		f.all(well())
		begins := time.Now().Add(before)
		time.AfterFunc(before, func() { f.all(o.sick) })
		time.AfterFunc(before+o.lasts, func() {
			o.bounded(t, c.Stats())
			f.all(well())
		})
		for _, a := range steadily(t, c, aSecond, before+o.lasts+time.Second, someMixed) {
			if since := a.began.Sub(begins); !o.expects(a, since) {
				t.Fatalf("%s, %v after the outage began: got %+v, %v", a.sid, since, a.v, a.err)
			}
		}
	}, "a", "b", "c")
}

// expects reports whether a check that began so long after the outage did may come to that.
func (o outage) expects(a came, since time.Duration) bool {
	const patience = 2 * time.Second // of a check, which may wait for the end
	told := a.err != nil && a.v == (sdk.Verdict{}) && strings.Contains(a.err.Error(), o.says)
	switch {
	case since < -workTime, since >= o.lasts+o.heals:
		return a.right()
	case since > 0 && since < o.lasts-patience: // in the very instant either may be first
		return told
	}
	return told || a.right()
}

// bounded holds that no replica is blamed for what all do, and that MS2 was not asked more often than the budget allows.
func (o outage) bounded(t *testing.T, s sdk.Stats) {
	for _, r := range s.Replicas {
		if r.Breaker != "closed" || r.State == "ejected" {
			t.Errorf("%+v", r)
		}
	}
	most := int64(100 + 0.2*float64(s.Batches) + 10*o.lasts.Seconds())
	if o.frugal {
		most = int64(10 + 3*o.lasts.Seconds()) // a second opinion takes one to three requests, once a second
	}
	if s.Retries > most {
		t.Errorf("%d extra requests for %d batches, want %d at most", s.Retries, s.Batches, most)
	}
}
