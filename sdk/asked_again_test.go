package sdk_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
)

// agedUnlessPassed answers with an Age unless caches are to be passed.
func agedUnlessPassed(seconds int, next http.HandlerFunc) http.HandlerFunc {
	old := aged(seconds, next)
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Cache-Control") == "no-cache" {
			next(w, r)
			return
		}
		old(w, r)
	}
}

// No later check of the call flushes it.
func TestACheckOfManyThatIsAskedAgainIsSentAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(agedUnlessPassed(5, results("valid", 60, 0, 0)))
		c, start := f.client(), time.Now()
		all, err := c.ValidateAll(t.Context(), sdk.SIDs("x"), sdk.MaxAge(time.Second))
		if err != nil || all[0].Origin != sdk.Fresh {
			t.Errorf("got %v, %v", all, err)
		}
		took(t, start, 0)
	}, "a")
}

func TestACheckOfManyWithANewerVersionIsAskedAgainAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(100*time.Millisecond, versioned("valid", "1", 60, 0, 0)))
		c := f.client()
		first := begin(t, c, 1, "x")
		f.all(after(100*time.Millisecond, versioned("valid", "2", 60, 0, 0)))
		<-time.After(50 * time.Millisecond)
		start := time.Now()
		all, err := c.ValidateAll(t.Context(), []sdk.Check{{SID: "x:0", Version: "2"}})
		if err != nil || all[0].Version != "2" {
			t.Errorf("got %v, %v", all, err)
		}
		took(t, start, 150*time.Millisecond)
		first()
	}, "a")
}

// One call's own line fills the queue; a check of it that is asked again must not fail for that.
func TestACheckOfManyThatIsAskedAgainWaitsForItsOwnPlaces(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(time.Millisecond, agedUnlessPassed(5, results("valid", 60, 0, 0))))
		c := f.client(narrow, func(cfg *sdk.Config) { cfg.QueueMax, cfg.BatchMax = 4, 2 })
		_, err := c.ValidateAll(t.Context(), many(20), sdk.MaxAge(time.Second))
		if err != nil {
			t.Errorf("got %v", err)
		}
	}, "a")
}

// Both the offer and the answer are there when the check looks: the answer must win, since others have been told it.
func TestAnAnswerThatIsThereWinsOverAStaleOne(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(results("valid", 1, 0, 600))
		c := f.client(narrowest)
		for i := range 20 {
			expect(t, c, fmt.Sprint("old:", i), true, sdk.Fresh)
		}
		<-time.After(2 * time.Second)
		var asked atomic.Int32
		invalid := results("invalid", 60, 0, 0)
		f.all(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case bearing(r, "slow"):
				after(200*time.Millisecond, results("valid", 0, 0, 0))(w, r)
			case asked.Add(1)%2 == 1:
				status(500)(w, r)
			default:
				invalid(w, r)
			}
		})
		for i := range 20 {
			sid := fmt.Sprint("old:", i)
			done := make(chan struct{})
			go func() {
				defer close(done)
				all, err := c.ValidateAll(context.Background(), sdk.SIDs("slow", sid))
				if err != nil || all[1].Valid {
					t.Errorf("%s: others were told that it is invalid 100 ms ago; got %+v, %v", sid, all[1], err)
				}
			}()
			<-time.After(100 * time.Millisecond)
			expect(t, c, sid, false, sdk.Cached)
			<-done
		}
	}, "a", "b")
}

// The first caller leaves after its second; who joined later has more time.
func TestTheFirstCallersDeadlineDoesNotFailWhoJoinedBeforeTheFirstSnapshot(t *testing.T) {
	told(t, func(t *testing.T, f *fleet, source *teller, c *sdk.Client) {
		var group sync.WaitGroup
		group.Go(func() { leaving(t, c, "a", time.Second) })
		<-time.After(500 * time.Millisecond)
		group.Go(func() { expect(t, c, "a", true, sdk.Fresh) }) // until 2.5 s
		<-time.After(700 * time.Millisecond)
		source.tell(discovery.Snapshot{Instances: instances("a")})
		group.Wait()
	}, "a")
}

// nils is an adopter's transport that returns a typed nil for an error once.
type nils struct {
	next http.RoundTripper
	once atomic.Bool
}

func (n *nils) RoundTrip(r *http.Request) (*http.Response, error) {
	if n.once.CompareAndSwap(false, true) {
		var err *net.OpError
		return nil, err
	}
	return n.next.RoundTrip(r)
}

func TestAPanicInDeliveryGivesTheLeaseBack(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		n := &nils{next: f.transport}
		c := f.clientWith(sdk.Config{Endpoints: []string{"a:80"}}, sdk.WithTransport(func(http.RoundTripper) http.RoundTripper { return n }))
		t.Log(refuses(t, c, "x", nil))
		<-time.After(time.Minute)
		if s := c.Stats().Replicas[0]; s.InFlight != 0 {
			t.Errorf("%d in flight at a replica that is asked nothing", s.InFlight)
		}
	}, "a")
}

// What MaxAge accepts is counted from the check: a flight that it joined and an Age on top may each be within, and not both.
func TestMaxAgeCountsTheAgeOfAnAnswerAndOfTheFlightTogether(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(300*time.Millisecond, agedUnlessPassed(1, results("valid", 60, 0, 0))))
		c := f.client()
		first := begin(t, c, 1, "x")
		<-time.After(200 * time.Millisecond)
		before := f.requests() // one under way, of 200 ms; the answer that it brings is 1.2 s old now
		expect(t, c, "x:0", true, sdk.Fresh, sdk.MaxAge(1100*time.Millisecond))
		if n := f.requests() - before; n != 1 {
			t.Errorf("%d further requests: answered with what was 1.2 s old when the check began", n)
		}
		first()
	}, "a")
}

func TestARefusedNoCacheDoesNotHideTheFlightFromOthers(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(100*time.Millisecond, results("valid", 60, 0, 0)))
		c := f.client(narrow, func(cfg *sdk.Config) { cfg.QueueMax = 1 })
		first := begin(t, c, 1, "x")
		second := begin(t, c, 1, "y") // fills the queue
		refuses(t, c, "x:0", sdk.ErrOverloaded, sdk.NoCache())
		expect(t, c, "x:0", true, sdk.Fresh) // x:0 is under way
		first()
		second()
	}, "a")
}

// A large call that waits for its own places tries several times.
func TestEachCheckIsOneMiss(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(time.Millisecond, results("valid", 60, 0, 0)))
		c := f.client(narrow, func(cfg *sdk.Config) { cfg.QueueMax = 4 })
		if _, err := c.ValidateAll(t.Context(), many(100)); err != nil {
			t.Error(err)
		}
		if n := c.Stats().Cache.Misses; n != 100 {
			t.Errorf("%d misses of 100 checks", n)
		}
	}, "a")
}

func TestAFanOutThatAllLeaveGivesAllLeasesBack(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(hang)
		c := f.client(func(cfg *sdk.Config) { cfg.Protocol = "single" })
		for range 3 {
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(50*time.Millisecond, cancel)
			if _, err := c.ValidateAll(ctx, many(500)); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			<-time.After(time.Second) // some run on
			for _, r := range c.Stats().Replicas {
				if r.InFlight != 0 {
					t.Errorf("%d in flight", r.InFlight)
				}
			}
		}
	}, "a", "b")
}
