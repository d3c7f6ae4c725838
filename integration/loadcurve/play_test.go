package main

import (
	"errors"
	"sync"
	"testing"
	"time"
)

func TestAScheduleIsPlayedInWholeWhateverTheAnswers(t *testing.T) {
	wake, err := newAlarm()
	if err != nil {
		t.Fatal(err)
	}
	defer wake.stop()
	var mu sync.Mutex
	asked := map[string]int{}
	refusal := errors.New("refused")
	arrivals := []arrival{{0, "a"}, {time.Millisecond, "b"}, {time.Millisecond, "bad"}, {3 * time.Millisecond, "a"}}
	got, err := play(arrivals, wake, func(sid string) error {
		mu.Lock()
		defer mu.Unlock()
		asked[sid]++
		if sid == "bad" {
			return refusal
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if asked["a"] != 2 || asked["b"] != 1 || asked["bad"] != 1 {
		t.Errorf("asked %v", asked)
	}
	for i, a := range arrivals {
		if answered := got.took[i] != never; answered != (a.sid != "bad") {
			t.Errorf("%s took %v", a.sid, got.took[i])
		}
		if got.lag[i] < 0 || got.took[i] < got.lag[i] {
			t.Errorf("%s was started %v after its time and took %v of it", a.sid, got.lag[i], got.took[i])
		}
	}
	if !errors.Is(got.err, refusal) {
		t.Errorf("the error is %v", got.err)
	}
}

func TestAnHopelessScheduleIsDropped(t *testing.T) {
	p := &player{arrivals: []arrival{{0, "a"}}, start: time.Now().Add(-2 * hopeless), trace: newTrace(1), ask: func(string) error { return nil }}
	if err := p.play(nil); err != nil {
		t.Fatal(err)
	}
	if p.trace.took[0] != never || p.trace.lag[0] != hopeless {
		t.Errorf("a dropped check took %v, after a lag of %v", p.trace.took[0], p.trace.lag[0])
	}
}
