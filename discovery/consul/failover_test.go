package consul_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/discovery/consul"
)

// twoDatacenters is an agent of dc1 that reaches dc2 and dc3, and a watch that prefers them in this order.
func twoDatacenters(t *testing.T) (first, second *fakeAgent, config consul.Config) {
	first = newFakeAgent(t)
	second = first.datacenter("dc2")
	return first, second, consul.Config{Service: "ms2", API: first.api(), Failover: []string{"dc2"}}
}

func TestFirstDatacenterIsUsedWhileItHasAnInstance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second, config := twoDatacenters(t)
		first.set(10, replica("a"))
		second.set(900, replica("a"))
		w := watch(t, newSourceOf(t, config))
		w.wantSet(t, "n/a")
		first.set(11, replica("b"))
		second.set(901, replica("c"))
		pass(time.Minute)
		w.wantSet(t, "n/b")
		if s := w.last(t); s.Detail["datacenter"] != "the agent's own" || s.Detail["index"] != "11" || s.Detail["failover"] != "" {
			t.Errorf("told %+v", s)
		}
	})
}

func TestEmptyDatacenterIsLeftAfterTheGraceAndReturnedToAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second, config := twoDatacenters(t)
		first.set(10, replica("a"))
		second.set(900, replica("a"), replica("b"))
		w := watch(t, newSourceOf(t, config))
		first.set(11)
		pass(9 * time.Second)
		w.wantSet(t, "n/a")
		pass(2 * time.Second)
		w.wantSet(t, "dc2/n/a dc2/n/b")
		s := w.last(t)
		if s.Detail["datacenter"] != "dc2" || s.Detail["index"] != "900" || !strings.Contains(s.Detail["failover"], "no usable instance") {
			t.Errorf("told %+v", s)
		}
		second.set(901, replica("b"))
		synctest.Wait()
		w.wantSet(t, "dc2/n/b")
		first.set(12, replica("c"))
		synctest.Wait()
		w.wantSet(t, "n/c")
		if s := w.last(t); s.Detail["failover"] != "" {
			t.Errorf("told %+v", s)
		}
	})
}

func TestUnreachableDatacenterIsLeftOnlyWhenItToldOfNoSet(t *testing.T) {
	for name, c := range map[string]struct {
		known bool
		want  string
	}{"at the start": {false, "dc2/n/b"}, "later": {true, "n/a"}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				first, second, config := twoDatacenters(t)
				first.set(10, replica("a"))
				second.set(900, replica("b"))
				noPath := status(500, "No path to datacenter")
				if !c.known {
					first.replyFromNow(noPath)
				}
				w := watch(t, newSourceOf(t, config))
				first.replyAlways(noPath)
				pass(2900 * time.Millisecond)
				if got := w.set(); got == "dc2/n/b" {
					t.Error("not waited for the first")
				}
				pass(2 * time.Minute)
				w.wantSet(t, c.want)
				if s := w.last(t); !c.known && !strings.Contains(s.Detail["failover"], "No path") || c.known && s.Err == nil {
					t.Errorf("told %+v", s)
				}
				first.replyAlways(nil)
				pass(2 * time.Second)
				w.wantSet(t, "n/a")
			})
		})
	}
}

func TestNoInstanceAnywhereIsEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second, config := twoDatacenters(t)
		first.set(10)
		second.set(900)
		w := watch(t, newSourceOf(t, config))
		w.wantSet(t, "")
		second.set(901, replica("a"))
		synctest.Wait()
		w.wantSet(t, "dc2/n/a")
	})
}

func TestDatacentersShareTheLimitAndEndTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second, config := twoDatacenters(t)
		for _, f := range []*fakeAgent{first, second} {
			f.replyFromNow(rising(1))
		}
		w := watch(t, newSourceOf(t, config))
		pass(30 * time.Second)
		n, m := len(first.asked())+first.probed(), len(second.asked())+second.probed()
		if n+m > 305 || n < 100 || m < 100 {
			t.Errorf("%d and %d queries in 30 s, want 10/s together and a fair share each", n, m)
		}
		w.stop()
		if err := <-w.done; !errors.Is(err, context.Canceled) {
			t.Errorf("Watch returned %v", err)
		}
	})
}

func TestThirdDatacenterIsUsedWhenTheSecondCannotBeAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second, config := twoDatacenters(t)
		third := first.datacenter("dc3")
		config.Failover = append(config.Failover, "dc3")
		first.set(10)
		second.replyFromNow(silence)
		third.set(70, replica("a"))
		w := watch(t, newSourceOf(t, config))
		pass(2 * time.Second)
		w.wantSet(t, "nothing told")
		pass(2 * time.Second)
		w.wantSet(t, "dc3/n/a")
	})
}
