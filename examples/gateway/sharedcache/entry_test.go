package sharedcache

import (
	"testing"
	"time"
)

// A request looks at the clock, loses the processor, and finds what another asked for meanwhile.
func TestWhatMustBeValidatedIsNotFreshBeforeItWasAskedFor(t *testing.T) {
	now := time.Now()
	e := &entry{sent: now.Add(time.Millisecond)}
	if e.satisfies(anyFresh, now) || e.age(now) != 0 {
		t.Errorf("its age is %v, and it is fresh", e.age(now))
	}
}
