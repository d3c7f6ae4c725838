package sdk_test

import (
	"fmt"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// A SID that took its neighbours along is sent alone for a while. It is no SID that replicas fall over, and gets as many attempts as any.
func TestASIDThatWasRefusedIsAskedOfAllWhenItIsNotAnyMore(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		good := after(time.Millisecond, results("valid", 0, 0, 0))
		f.all(filtered400(good))
		c := f.client()
		for i := range 20 {
			expect(t, c, fmt.Sprint("warm:", i), true, sdk.Fresh)
		}
		c.ValidateAll(t.Context(), sdk.SIDs("forged:1", "x", "y", "z")) //nolint:errcheck // the first is refused
		if apart := c.Stats().Line.Apart; apart != 1 {
			t.Fatalf("%d", apart)
		}
		f.replicas["a"].answer(status(500))
		f.replicas["b"].answer(status(404))
		f.replicas["c"].answer(good)
		for range 10 {
			expect(t, c, "forged:1", true, sdk.Fresh)
			expect(t, c, "another", true, sdk.Fresh)
			<-time.After(100 * time.Millisecond)
		}
	}, "a", "b", "c")
}
