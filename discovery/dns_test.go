package discovery_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/discovery"
)

// fakeResolver answers what it was told last, and notes when it was asked.
type fakeResolver struct {
	mu      sync.Mutex
	records []*net.SRV
	addrs   []netip.Addr
	err     error
	silent  bool
	once    bool // the next answer is empty, the ones after it are not
	asked   []time.Time
	names   []string
}

var (
	errRefused = errors.New("connection refused")
	errUnknown = &net.DNSError{Err: "no such host", Name: "ms2.example.", IsNotFound: true}
)

func (f *fakeResolver) set(change func(*fakeResolver)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err, f.silent = nil, false
	change(f)
}

func (f *fakeResolver) answer(ctx context.Context, name string) error {
	f.mu.Lock()
	f.asked, f.names = append(f.asked, time.Now()), append(f.names, name)
	silent, err := f.silent, f.err
	f.mu.Unlock()
	if silent {
		<-ctx.Done()
		return ctx.Err()
	}
	return err
}

func (f *fakeResolver) LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error) {
	err := f.answer(ctx, service+proto+name)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.once {
		f.once = false
		return name, nil, nil
	}
	return name, f.records, err
}

func (f *fakeResolver) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	return f.addrs, f.answer(ctx, network+" "+host)
}

func (f *fakeResolver) lookups() []time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]time.Time(nil), f.asked...)
}

func srv(target string, port, priority, weight uint16) *net.SRV {
	return &net.SRV{Target: target, Port: port, Priority: priority, Weight: weight}
}

// inDNS runs test in a bubble with a watcher of a name that has the records.
func inDNS(t *testing.T, records []*net.SRV, test func(t *testing.T, f *fakeResolver, w *watching)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := &fakeResolver{records: records}
		source, err := discovery.NewDNS(discovery.DNSConfig{Name: "ms2.example.", Resolver: f})
		if err != nil {
			t.Fatal(err)
		}
		test(t, f, watch(t, source))
	})
}

var two = []*net.SRV{srv("b.example.", 81, 1, 7), srv("A.example.", 80, 1, 0)}

func TestSRVRecordsBecomeInstances(t *testing.T) {
	inDNS(t, two, func(t *testing.T, f *fakeResolver, w *watching) {
		s := w.last(t)
		if s.Source != "dns ms2.example." || !s.At.Equal(time.Now()) || s.Err != nil || f.names[0] != "ms2.example." {
			t.Errorf("told %+v after asking for %q", s, f.names)
		}
		want := []discovery.Instance{
			{ID: "a.example:80", Addr: "a.example:80", Weight: 1}, {ID: "b.example:81", Addr: "b.example:81", Weight: 7},
		}
		if !discovery.Same(s.Instances, want) {
			t.Errorf("instances %+v, want %+v", s.Instances, want)
		}
	})
}

func TestOnlyTheLowestPriorityClassIsUsed(t *testing.T) {
	inDNS(t, []*net.SRV{srv("c.", 80, 20, 1), srv("a.", 80, 10, 1), srv("b.", 80, 10, 1)}, func(t *testing.T, f *fakeResolver, w *watching) {
		w.wantSet(t, "a:80 b:80")
	})
}

func TestUnusableSRVRecordsAreDroppedOneByOne(t *testing.T) {
	records := []*net.SRV{nil, srv(".", 80, 0, 1), srv("a.", 80, 1, 1), srv("a.", 80, 1, 9), srv("b.", 0, 1, 1), srv("c d.", 80, 1, 1)}
	inDNS(t, records, func(t *testing.T, f *fakeResolver, w *watching) {
		w.wantSet(t, "a:80")
		s := w.last(t)
		if len(s.Dropped) != 4 || s.Dropped[0].ID != "." || s.Instances[0].Weight != 9 {
			t.Errorf("dropped %+v and kept %+v", s.Dropped, s.Instances)
		}
	})
}

func TestRecordsBesideAnErrorAreUsed(t *testing.T) {
	inDNS(t, nil, func(t *testing.T, f *fakeResolver, w *watching) {
		f.set(func(f *fakeResolver) { f.records, f.err = two, &net.DNSError{Err: "invalid names"} })
		pass(30 * time.Second)
		w.wantSet(t, "a.example:80 b.example:81")
		if s := w.last(t); len(s.Dropped) != 1 || !strings.Contains(s.Dropped[0].Why, "invalid names") {
			t.Errorf("dropped %+v, want what the resolver refused", s.Dropped)
		}
	})
}

func TestAddressesGetTheFixedPort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeResolver{addrs: []netip.Addr{
			netip.MustParseAddr("::1"), netip.MustParseAddr("::ffff:10.0.0.1"), netip.MustParseAddr("10.0.0.2"), {},
		}}
		source, err := discovery.NewDNS(discovery.DNSConfig{Name: "ms2.example.", Port: 8080, Resolver: f})
		if err != nil {
			t.Fatal(err)
		}
		w := watch(t, source)
		w.wantSet(t, "10.0.0.1:8080 10.0.0.2:8080 [::1]:8080")
		if f.names[0] != "ip ms2.example." {
			t.Errorf("asked for %q", f.names)
		}
	})
}

func TestNameIsLookedUpAgainOnAJitteredPeriod(t *testing.T) {
	inDNS(t, two, func(t *testing.T, f *fakeResolver, w *watching) {
		pass(10 * time.Minute)
		asked, gaps := f.lookups(), map[time.Duration]bool{}
		for i, at := range asked[1:] {
			gap := at.Sub(asked[i])
			gaps[gap] = true
			if gap <= 24*time.Second || gap > 30*time.Second {
				t.Errorf("%v between two look-ups, want 24 s to 30 s", gap)
			}
		}
		if len(asked) < 20 || len(gaps) < 2 {
			t.Errorf("%d look-ups with the gaps %v, want them to differ", len(asked), gaps)
		}
		if s := w.last(t); s.Instances != nil || !s.At.Equal(asked[len(asked)-1]) {
			t.Errorf("told %+v, want a bare confirmation", s)
		}
	})
}

func TestFailingResolverKeepsTheSetAndIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		fault func(*fakeResolver)
		words []string
	}{
		"refused":      {func(f *fakeResolver) { f.err, f.records = errRefused, nil }, []string{"connection refused", "resolver"}},
		"unknown":      {func(f *fakeResolver) { f.err, f.records = errUnknown, nil }, []string{"no such host", "check the name"}},
		"silent":       {func(f *fakeResolver) { f.silent, f.records = true, nil }, []string{"no answer within 5s"}},
		"all unusable": {func(f *fakeResolver) { f.records = []*net.SRV{srv("a.", 0, 1, 1)} }, []string{"none of its 1 records", "a:0"}},
	} {
		t.Run(name, func(t *testing.T) {
			inDNS(t, two, func(t *testing.T, f *fakeResolver, w *watching) {
				f.set(c.fault)
				pass(time.Hour)
				w.wantSet(t, "a.example:80 b.example:81")
				w.wantErr(t, append(c.words, "dns ms2.example.")...)
				f.set(func(f *fakeResolver) { f.records = two[:1] })
				pass(35 * time.Second)
				w.wantSet(t, "b.example:81")
				w.wantErr(t)
			})
		})
	}
}

func TestFailedLookupIsRepeatedAfterOneSecondThenMoreSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeResolver{err: errRefused}
		source, _ := discovery.NewDNS(discovery.DNSConfig{Name: "ms2.example.", Resolver: f})
		watch(t, source)
		pass(5 * time.Minute)
		asked, longest := f.lookups(), time.Second
		for i, at := range asked[1:] {
			if gap := at.Sub(asked[i]); gap <= longest*4/5 || gap > longest {
				t.Errorf("%v before look-up %d, want 80 to 100 %% of %v", gap, i+2, longest)
			}
			longest = min(2*longest, 30*time.Second)
		}
		if len(asked) < 10 {
			t.Errorf("%d look-ups in 5 min", len(asked))
		}
	})
}

func TestNameThatIsUnknownAtTheStartIsNoEmptySet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeResolver{err: errUnknown}
		source, _ := discovery.NewDNS(discovery.DNSConfig{Name: "ms2.example.", Resolver: f})
		w := watch(t, source)
		w.wantSet(t, "nothing told")
		w.wantErr(t, "no such host")
		f.set(func(f *fakeResolver) { f.records = two })
		pass(time.Second)
		w.wantSet(t, "a.example:80 b.example:81")
	})
}

func TestOneEmptyAnswerIsAskedForAgainAndForgotten(t *testing.T) {
	inDNS(t, two, func(t *testing.T, f *fakeResolver, w *watching) {
		f.set(func(f *fakeResolver) { f.once = true })
		pass(30 * time.Second)
		if s := w.last(t); s.Instances != nil || s.Detail["confirmations"] != "1" || s.Detail["grace"] != "" || s.Err != nil {
			t.Errorf("told %+v, want it unchanged and one confirmation", s)
		}
		w.wantSet(t, "a.example:80 b.example:81")
	})
}

func TestNameDecidedlyWithoutRecordsEmptiesTheSetAfterTheGrace(t *testing.T) {
	for name, records := range map[string][]*net.SRV{"no record": {}, `target "."`: {srv(".", 0, 0, 0)}} {
		t.Run(name, func(t *testing.T) {
			inDNS(t, two, func(t *testing.T, f *fakeResolver, w *watching) {
				f.set(func(f *fakeResolver) { f.records = records })
				pass(30 * time.Second)
				emptied := f.lookups()[1]
				w.wantSet(t, "a.example:80 b.example:81")
				if s := w.last(t); s.Detail["grace"] == "" || s.Err != nil || !s.At.Before(emptied) {
					t.Errorf("in the grace: %+v, want it named and the age of the set", s)
				}
				pass(time.Minute)
				w.wantSet(t, "")
				if held := w.setAt().Sub(emptied); held != 10*time.Second {
					t.Errorf("emptied after %v, want 10 s", held)
				}
				if s := w.last(t); s.Detail["grace"] != "" {
					t.Errorf("after the grace: %+v", s)
				}
			})
		})
	}
}

func TestFailureInTheGraceOfANameNeverEmptiesTheSet(t *testing.T) {
	inDNS(t, two, func(t *testing.T, f *fakeResolver, w *watching) {
		f.set(func(f *fakeResolver) { f.records = nil })
		pass(30 * time.Second)
		f.set(func(f *fakeResolver) { f.err = errRefused })
		pass(time.Hour)
		w.wantSet(t, "a.example:80 b.example:81")
		w.wantErr(t, "refused")
		f.set(func(f *fakeResolver) {})
		back := len(f.lookups())
		pass(45 * time.Second)
		w.wantSet(t, "")
		if held := w.setAt().Sub(f.lookups()[back]); held != 10*time.Second {
			t.Errorf("emptied %v after the resolver came back, want a grace anew", held)
		}
	})
}

func TestFailureAfterARecoveryIsSoonRepeatedAgain(t *testing.T) {
	inDNS(t, two, func(t *testing.T, f *fakeResolver, w *watching) {
		for range 2 {
			f.set(func(f *fakeResolver) { f.err, f.records = errRefused, nil })
			failing := len(f.lookups())
			pass(time.Hour)
			asked := f.lookups()[failing:]
			if gap := asked[1].Sub(asked[0]); gap > time.Second {
				t.Errorf("%v after the first failure, want 1 s", gap)
			}
			f.set(func(f *fakeResolver) { f.records = two })
			pass(time.Minute)
		}
	})
}

func TestDNSWatchEndsWithTheContextInTheMiddleOfALookup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source, _ := discovery.NewDNS(discovery.DNSConfig{Name: "ms2.example.", Resolver: &fakeResolver{silent: true}})
		w := watch(t, source)
		w.stop()
		if err := <-w.done; !errors.Is(err, context.Canceled) || w.count() != 0 {
			t.Errorf("Watch returned %v after telling %d times", err, w.count())
		}
	})
}

func TestNewDNSNamesEveryBadFieldAtOnce(t *testing.T) {
	_, err := discovery.NewDNS(discovery.DNSConfig{
		Name: "ms2:80", Port: -1, Every: time.Millisecond, Timeout: time.Hour, EmptyGrace: -1,
	})
	for _, want := range []string{"Name", "Port", "Every", "Timeout", "EmptyGrace"} {
		if err == nil || !strings.Contains(err.Error(), "DNSConfig."+want) {
			t.Errorf("error %v, want it to name %s", err, want)
		}
	}
	if _, err := discovery.NewDNS(discovery.DNSConfig{Name: "_ms2._tcp.example."}); err != nil {
		t.Error(err)
	}
}

func ExampleNewDNS() {
	// Without a Resolver, the one of the host is asked.
	resolver := &fakeResolver{records: []*net.SRV{{Target: "ms2-0.example.", Port: 8080, Weight: 5}}}
	source, err := discovery.NewDNS(discovery.DNSConfig{Name: "_ms2._tcp.example.", Resolver: resolver})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	_ = source.Watch(ctx, func(s discovery.Snapshot) {
		fmt.Println(s.Instances[0].Addr, s.Instances[0].Weight)
		stop()
	})
	// Output: ms2-0.example:8080 5
}
