package consul_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/consul/api"

	"ms2.internal/lb/discovery/consul"
)

// sets counts how often a set was told.
func (w *watching) sets() (n int) {
	for _, s := range w.snapshots() {
		if s.Instances != nil {
			n++
		}
	}
	return n
}

func TestMetadataThatNobodyAskedForMakesNoChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		stamp := func(i int) {
			stamped := replica("a")
			stamped.Service.Meta = map[string]string{"seen": fmt.Sprint(i), "rev": "7", "zone": "z1"}
			stamped.Service.Tags = []string{fmt.Sprint(i)}
			stamped.Checks[0].Output = fmt.Sprint(i)
			f.set(uint64(10+i), replica("b"), stamped)
		}
		stamp(0)
		w := watch(t, newSourceOf(t, consul.Config{Service: "ms2", API: f.api(), Meta: []string{"rev", "lane"}}))
		for i := range 20 {
			pass(2 * time.Second)
			stamp(i)
		}
		if n := w.sets(); n != 1 {
			t.Errorf("%d sets told, want one", n)
		}
		if meta := w.inUse[0].Meta; len(meta) != 1 || meta["rev"] != "7" {
			t.Errorf("metadata %v, want rev alone", meta)
		}
	})
}

func TestWhatMattersMakesAChange(t *testing.T) {
	for name, change := range map[string]func(*api.ServiceEntry){
		"address":  func(e *api.ServiceEntry) { e.Service.Address = "10.0.0.9" },
		"port":     func(e *api.ServiceEntry) { e.Service.Port = 81 },
		"weight":   func(e *api.ServiceEntry) { e.Service.Weights.Passing = 3 },
		"warning":  func(e *api.ServiceEntry) { e.Checks[0].Status = api.HealthWarning },
		"zone":     func(e *api.ServiceEntry) { e.Node.Meta = map[string]string{"zone": "z2"} },
		"metadata": func(e *api.ServiceEntry) { e.Service.Meta = map[string]string{"rev": "8"} },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFakeAgent(t)
				f.set(10, replica("a"))
				w := watch(t, newSourceOf(t, consul.Config{Service: "ms2", API: f.api(), Meta: []string{"rev"}}))
				changed := replica("a")
				change(changed)
				f.set(11, changed)
				synctest.Wait()
				if n := w.sets(); n != 2 {
					t.Errorf("%d sets told, want two", n)
				}
			})
		})
	}
}

func TestEmptyIsEmptyAtOnceWhenItIsTrusted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(10, replicas(3)...)
		w := watch(t, newSourceOf(t, consul.Config{Service: "ms2", API: f.api(), TrustEmpty: true}))
		f.set(11)
		synctest.Wait()
		w.wantSet(t, "")
		if s := w.last(t); s.Detail["confirmations"] != "0" || s.Detail["grace"] != "" {
			t.Errorf("told %+v", s)
		}
	})
}

func TestAnswerWithALowerIndexIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeAgent(t)
		f.set(500, replicas(3)...)
		w := watch(t, newSource(t, f))
		f.replyOnce(reply(40, replicas(2)...))
		pass(time.Minute)
		if s := w.last(t); w.sets() != 1 || s.Detail["confirmations"] != "1" {
			t.Errorf("%d sets told, the last %+v", w.sets(), s)
		}
	})
}
