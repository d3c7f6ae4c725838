package attempt_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/discovery"
	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/cache"
)

// singleOnly is an MS2 of today until batch is set.
func singleOnly(batch *atomic.Bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodGet:
			answering(200, `{"sid":"a"}`)(w, r)
		case batch.Load():
			answering(200, `{"results":[{"sid":"a","status":"valid"}]}`)(w, r)
		default:
			answering(404, "")(w, r)
		}
	}
}

func TestAMissingBatchDoorIsLearntAndTriedByOneAttemptAMinuteLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var batch atomic.Bool
		s := inMemory(t, singleOnly(&batch))
		if s.Doored("a") != cache.Batch {
			t.Fatal("a new replica is not asked by the batch door")
		}
		if r := s.batch(t, attempt.Item{SID: "a"}); r.Next != attempt.Learn {
			t.Fatalf("%+v", r)
		}
		s.Learnt("a", true)
		<-time.After(time.Minute - 1)
		if s.Doored("a") != cache.Single {
			t.Error("the missing door is tried too soon")
		}
		<-time.After(1)
		var tries atomic.Int32
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				if s.Doored("a") == cache.Batch {
					tries.Add(1)
				}
			})
		}
		group.Wait()
		if tries.Load() != 1 {
			t.Errorf("%d attempts try the door, want one alone", tries.Load())
		}
	})
}

func TestABatchDoorThatHasOpenedIsUsedByAllFromThenOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var batch atomic.Bool
		s := inMemory(t, singleOnly(&batch))
		s.batch(t, attempt.Item{SID: "a"})
		s.Learnt("a", true)
		batch.Store(true)
		<-time.After(time.Minute)
		if s.Doored("a") != cache.Batch {
			t.Fatal("the door is not tried")
		}
		if r := s.batch(t, attempt.Item{SID: "a"}); r.Err != nil {
			t.Fatal(r.Err)
		}
		for range 3 {
			if s.Doored("a") != cache.Batch {
				t.Error("the open door is not used")
			}
		}
	})
}

func TestADoorIsLearntAgainWhenTheInstanceChanges(t *testing.T) {
	for name, change := range map[string]func(*discovery.Instance){
		"weight":  func(i *discovery.Instance) { i.Weight = 9 },
		"zone":    func(i *discovery.Instance) { i.Zone = "z" },
		"meta":    func(i *discovery.Instance) { i.Meta = map[string]string{"version": "2"} },
		"nothing": func(*discovery.Instance) {},
	} {
		var batch atomic.Bool
		s := against(t, singleOnly(&batch))
		s.Learnt("a", true)
		next := s.instance
		change(&next)
		s.Update([]discovery.Instance{next}, func() {})
		if again := s.Doored("a") == cache.Batch; again != (name != "nothing") {
			t.Errorf("%s: learnt again: %v", name, again)
		}
	}
}

func TestOneReplicasDoorSaysNothingOfAnothers(t *testing.T) {
	var batch atomic.Bool
	s := against(t, singleOnly(&batch))
	other := s.instance
	other.ID = "b"
	s.Update([]discovery.Instance{s.instance, other}, func() {})
	s.Learnt("a", true)
	if s.Doored("a") != cache.Single || s.Doored("b") != cache.Batch || s.Doored("unknown") != cache.Batch {
		t.Error("a door was learnt for the wrong replica")
	}
}

func TestTheProtocolMayFixTheDoor(t *testing.T) {
	var batch atomic.Bool
	fixed := func(protocol string) *stand {
		return against(t, singleOnly(&batch), func(o *attempt.Options) { o.Protocol = protocol })
	}
	if s := fixed("single"); s.Doored("a") != cache.Single {
		t.Error("single asks by the batch door")
	}
	s := fixed("batch")
	r := s.batch(t, attempt.Item{SID: "a"})
	if r.Next != attempt.Refused || s.Doored("a") != cache.Batch {
		t.Errorf("%+v", r)
	}
	saying(t, r, "MS2_PROTOCOL", "404")
}
