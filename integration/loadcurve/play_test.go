package main

import (
	"errors"
	"reflect"
	"testing"
	"testing/synctest"
	"time"
)

func pause(d time.Duration) error {
	<-time.After(d)
	return nil
}

func TestLatencyCountsFromTheScheduleAndNobodyWaitsForAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		arrivals := []arrival{{0, "slow"}, {1000 * time.Microsecond, "quick"}, {1050 * time.Microsecond, "quick"}}
		answers := map[string]time.Duration{"slow": time.Second, "quick": time.Millisecond}
		got, err := play(arrivals, pause, func(sid string) error { return pause(answers[sid]) })
		if err != nil {
			t.Fatal(err)
		}
		late := grain - 50*time.Microsecond // the generator's, of the third
		if want := []time.Duration{0, 0, late}; !reflect.DeepEqual(got.lag, want) {
			t.Errorf("they were started %v late, want %v", got.lag, want)
		}
		if want := []time.Duration{time.Second, time.Millisecond, time.Millisecond + late}; !reflect.DeepEqual(got.took, want) {
			t.Errorf("they took %v, want %v", got.took, want)
		}
	})
}

func TestAFailedCheckIsNeverAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refusal := errors.New("refused")
		got, err := play([]arrival{{0, "bad"}, {time.Millisecond, "good"}}, pause, func(sid string) error {
			if sid == "bad" {
				return refusal
			}
			return nil
		})
		if err != nil || !errors.Is(got.err, refusal) {
			t.Fatalf("got %v, and %v of the check", err, got.err)
		}
		if want := []time.Duration{never, 0}; !reflect.DeepEqual(got.took, want) {
			t.Errorf("they took %v, want %v", got.took, want)
		}
	})
}

func TestWhatIsLeftOfAHopelessScheduleIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		oversleep := func(time.Duration) error { return pause(2 * time.Second) }
		got, err := play([]arrival{{0, "a"}, {hopeless, "b"}, {time.Minute, "c"}}, oversleep, func(string) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		if want := []time.Duration{0, never, never}; !reflect.DeepEqual(got.took, want) {
			t.Errorf("they took %v, want %v", got.took, want)
		}
		if want := []time.Duration{0, hopeless, hopeless}; !reflect.DeepEqual(got.lag, want) {
			t.Errorf("they were started %v late, want %v", got.lag, want)
		}
	})
}

func TestTheAlarmCanBeUsedAgain(t *testing.T) {
	wake, err := newAlarm()
	if err != nil {
		t.Fatal(err)
	}
	defer wake.stop()
	for range 3 {
		if err := wake.wait(time.Microsecond); err != nil {
			t.Fatal(err)
		}
	}
}
