package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func served(t *testing.T, by contestant) (*service, check) {
	t.Helper()
	service, err := serve(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(service.close)
	ask, closed, err := by.open(service.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closed)
	return service, ask
}

// everyContestant runs the test for each, side by side.
func everyContestant(t *testing.T, test func(*testing.T, *service, check)) {
	for _, by := range contestants() {
		t.Run(by.name, func(t *testing.T) {
			t.Parallel()
			service, ask := served(t, by)
			test(t, service, ask)
		})
	}
}

func TestEveryContestantTellsTheGenuineFromTheUnknown(t *testing.T) {
	everyContestant(t, func(t *testing.T, _ *service, ask check) {
		for sid, want := range map[string]bool{"usb:046d": true, unknown + "046d": false} {
			if got, err := ask(t.Context(), sid); err != nil || got != want {
				t.Errorf("%s: %v, %v", sid, got, err)
			}
		}
	})
}

func TestEveryContestantAsksAnewOnceAVerdictIsIn(t *testing.T) {
	everyContestant(t, func(t *testing.T, service *service, ask check) {
		const checks = 5
		for range checks {
			if _, err := ask(t.Context(), loneSID); err != nil {
				t.Fatal(err)
			}
		}
		if n := service.requests.Load(); n != checks {
			t.Errorf("%d requests for %d checks in turn", n, checks)
		}
	})
}

func TestACrowdNeedsARequestForEachTurnAndNoMoreThanOneForEachCheck(t *testing.T) {
	everyContestant(t, func(t *testing.T, service *service, ask check) {
		const callers, checks = 40, 3
		c := newCrowd(callers, checks, 10, rand.New(rand.NewPCG(1, 2)))
		_, each, err := c.run(t.Context(), ask)
		if n := service.requests.Load(); err != nil || len(each) != callers*checks || n < checks || n > callers*checks {
			t.Errorf("%d requests, %d latencies: %v", n, len(each), err)
		}
	})
}

func TestOneRequestForEachCheckIsJustThat(t *testing.T) {
	service, ask := served(t, oneRequestEach)
	c := newCrowd(20, 3, 10, rand.New(rand.NewPCG(1, 2)))
	if _, _, err := c.run(t.Context(), ask); err != nil || service.requests.Load() != 60 {
		t.Errorf("%d requests for 60 checks: %v", service.requests.Load(), err)
	}
}

func TestAnUnexpectedVerdictEndsTheRun(t *testing.T) {
	_, ask := served(t, ours)
	c := newCrowd(4, 2, 4, rand.New(rand.NewPCG(1, 2)))
	c.sids[3][1] = unknown
	if _, _, err := c.run(t.Context(), ask); err == nil {
		t.Error("no error")
	}
}

func TestAKeyThatALoaderHoldsTwiceIsAskedOnce(t *testing.T) {
	service, _ := served(t, oneRequestEach)
	p := newPoster(service.addr)
	defer p.close()
	verdicts, err := p.each(t.Context(), []string{"a", unknown, "b", "a", unknown})
	if err != nil || !slices.Equal(verdicts, []bool{true, false, true, true, false}) || service.requests.Load() != 1 {
		t.Errorf("%v, %v, %d requests", verdicts, err, service.requests.Load())
	}
	many := make([]string, 1500)
	for i := range many {
		many[i] = fmt.Sprintf("usb:%04x", i%750)
	}
	if _, err := p.each(t.Context(), many); err != nil {
		t.Errorf("more keys than a request may have items: %v", err)
	}
}

func TestAPeerPassesOnThatAskingFailed(t *testing.T) {
	for _, by := range contestants()[1:] {
		service, ask := served(t, by)
		service.close()
		if valid, err := ask(context.WithoutCancel(t.Context()), loneSID); err == nil || valid {
			t.Errorf("%s: %v, %v", by.name, valid, err)
		}
	}
}
