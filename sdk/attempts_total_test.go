package sdk_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/internal/delivery"
)

// sum adds up counts.
func sum(counts []atomic.Int64) (all int64) {
	for i := range counts {
		all += counts[i].Load()
	}
	return all
}

// extras are the extra attempts by kind, in the order of the counters.
func extras(s *delivery.Counters) [6]int64 {
	e := &s.Extra
	return [6]int64{e.Retry.Load(), e.SecondOpinion.Load(), e.Split.Load(), e.Probe.Load(), e.Learn.Load(), e.Renewal.Load()}
}

// balanced fails the test unless every attempt that ended has an outcome, every failure a kind, and every extra attempt a purpose.
func balanced(t *testing.T, c *sdk.Client) {
	t.Helper()
	s := c.Sent()
	all, outcomes := s.Attempts.Load()+s.Forwarded.Attempts.Load(), sum(s.Outcomes[:])
	if all != outcomes {
		t.Errorf("%d attempts, %d outcomes", all, outcomes)
	}
	if failures := s.Outcomes[2].Load(); failures != sum(s.Failures[:]) {
		t.Errorf("%d failures, %d by kind", failures, sum(s.Failures[:]))
	}
	why := int64(0)
	for _, n := range extras(s) {
		why += n
	}
	if why != s.Retries.Load() {
		t.Errorf("%d retries, %v by kind", s.Retries.Load(), extras(s))
	}
}

// tempers are the ways in which a replica may answer.
var tempers = []http.HandlerFunc{
	results("valid", 1, 0, 0), results("valid", 0, 0, 0), results("invalid", 1, 0, 0), status(500), status(401), status(403), status(404), status(422),
	status(429, "Retry-After", "1"), status(503), hang, redirect, raw("<html>"), raw(`{"results":[]}`), func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	doors(status(404), results("valid", 0, 0, 0)), after(300*time.Millisecond, results("valid", 0, 0, 0)), filtered400(results("valid", 0, 0, 0)), plain("requires TLS"),
}

func TestEveryAttemptHasOneOutcomeAndEveryExtraOneAPurposeWhateverReplicasDo(t *testing.T) {
	for range 10 {
		inBubble(t, func(t *testing.T, f *fleet) {
			c := f.client(func(cfg *sdk.Config) {
				cfg.Protocol = []string{"auto", "batch", "single"}[rand.IntN(3)]
				cfg.NotFound = []string{"error", "invalid"}[rand.IntN(2)]
			})
			var group sync.WaitGroup
			for i := range 60 {
				for _, r := range f.replicas {
					if rand.IntN(3) == 0 {
						r.answer(tempers[rand.IntN(len(tempers))])
					}
				}
				group.Go(func() { c.ValidateAll(context.Background(), sdk.SIDs(fmt.Sprint("a", i), "forged:1", "b", "c")) }) //nolint:errcheck // the counts tell
				group.Go(func() { forwarded(c, []string{"GET", "POST"}[i%2], time.Duration(i%4)*200*time.Millisecond) })
				<-time.After(time.Duration(rand.IntN(400)) * time.Millisecond)
			}
			group.Wait()
			<-time.After(5 * time.Second) // what runs on
			balanced(t, c)
		}, "a", "b", "c")
	}
}

// forwarded sends a request that is no check, and leaves after a time if there is one.
func forwarded(c *sdk.Client, method string, patience time.Duration) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if patience > 0 {
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	req, _ := http.NewRequestWithContext(ctx, method, "http://ms2/data", nil)
	if resp, err := c.RoundTripper().RoundTrip(req); err == nil {
		resp.Body.Close()
	}
}

func TestExtraAttemptsAreCountedByWhatTheyAreFor(t *testing.T) {
	for name, c := range map[string]struct {
		answers [2]http.HandlerFunc
		want    [6]int64 // retry, second opinion, split, probe, learn, renewal
	}{
		"a failure":     {[2]http.HandlerFunc{status(500), results("valid", 0, 0, 0)}, [6]int64{1}},
		"a refusal":     {[2]http.HandlerFunc{status(401), results("valid", 0, 0, 0)}, [6]int64{0, 1}},
		"an empty door": {[2]http.HandlerFunc{doors(status(404), results("valid", 0, 0, 0)), hang}, [6]int64{0, 0, 0, 0, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fleet) {
				f.replicas["a"].answer(c.answers[0])
				f.replicas["b"].answer(c.answers[1])
				client := f.clientWith(sdk.Config{BreakerFailures: sdk.Off}, sdk.WithSource(standing{
					{ID: "a", Addr: "a:80", Weight: 1}, {ID: "b", Addr: "b:80", Weight: 0}, // the last choice
				}))
				expect(t, client, "x", true, sdk.Fresh)
				if got := extras(client.Sent()); got != c.want {
					t.Errorf("got %v, want %v", got, c.want)
				}
				balanced(t, client)
			}, "a", "b")
		})
	}
}

func TestARenewalIsCountedBesideTheRefusalBeforeIt(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		file, takes := tokenFile(t)
		f.all(bearer(takes))
		c := f.client(func(cfg *sdk.Config) { cfg.TokenFile = file })
		expect(t, c, "x", true, sdk.Fresh)
		for i, renew := range []func(){
			func() { expect(t, c, "y", true, sdk.Fresh) },
			func() { forwarded(c, "GET", 0) },
		} {
			expect(t, c, fmt.Sprint("before", i), true, sdk.Fresh)
			<-time.After(2 * time.Second) // a refusal has the file read, unless that was done a moment before
			write(t, file, fmt.Sprint("token", i))
			takes.Store(fmt.Sprint("token", i))
			renew()
			balanced(t, c)
		}
		if got := extras(c.Sent()); got != [6]int64{0, 0, 0, 0, 0, 1} {
			t.Errorf("got %v", got)
		}
	}, "a")
}

func TestTheHalvesOfARefusedBatchAreSplits(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(forgedBy(status(422)))
		c := f.client()
		c.ValidateAll(t.Context(), sdk.SIDs("forged:1", "x", "y", "z")) //nolint:errcheck // the first is refused
		if got := extras(c.Sent()); got[0] != 0 || got[2] < 4 {
			t.Errorf("got %v", got)
		}
		balanced(t, c)
	}, "a")
}

func TestABareNotFoundAndWhatConfirmsItAreTwoOutcomes(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(func(w http.ResponseWriter, r *http.Request) {
			if bearing(r, "y") {
				status(404)(w, r)
				return
			}
			results("valid", 0, 0, 0)(w, r)
		})
		c := f.client(func(cfg *sdk.Config) { cfg.Protocol, cfg.NotFound = "single", "invalid" })
		expect(t, c, "x", true, sdk.Fresh)
		expect(t, c, "y", false, sdk.Fresh)
		if got := extras(c.Sent()); got != [6]int64{0, 1} || c.Sent().Outcomes[1].Load() != 3 {
			t.Errorf("got %v, %d answers", got, c.Sent().Outcomes[1].Load())
		}
		balanced(t, c)
	}, "a")
}

// standing is a source of a set that does not change.
type standing []discovery.Instance

func (s standing) Watch(ctx context.Context, sink func(discovery.Snapshot)) error {
	sink(discovery.Snapshot{Instances: s})
	<-ctx.Done()
	return ctx.Err()
}

func TestTheLatencyOfAReplicaIsThatOfItsAnswersOfLate(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		f.all(after(20*time.Millisecond, results("valid", 0, 0, 0)))
		c := f.client()
		if s, ok := c.Took("a:80"); ok {
			t.Errorf("without an answer: %+v", s)
		}
		for range 10 {
			expect(t, c, "x", true, sdk.Fresh)
		}
		f.all(status(500))
		refuses(t, c, "x", nil)
		if s, ok := c.Took("a:80"); !ok || s.Count != 10 || s.P50 < 20*time.Millisecond || s.Max > 23*time.Millisecond {
			t.Errorf("got %+v, %t", s, ok)
		}
		<-time.After(time.Minute)
		if s, ok := c.Took("a:80"); ok {
			t.Errorf("a minute later: %+v", s)
		}
		synctest.Wait()
	}, "a")
}

func TestAFailedAnswerThatIsHandedOutHasOneOutcome(t *testing.T) {
	for _, status := range []int{500, 501, 429} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.all(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				w.(http.Flusher).Flush() // its length is not known
			})
			c := f.client(func(*sdk.Config) {})
			if got, _, err := forward(c, requested(t, "GET", "/data", "")); got != status || err != nil {
				t.Errorf("%d, %v", got, err)
			}
			synctest.Wait()
			balanced(t, c)
		}, "a")
	}
}
