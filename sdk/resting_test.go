package sdk_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// sheds refuses for load for some time, and answers by next from then on.
func sheds(d time.Duration, next http.HandlerFunc) http.HandlerFunc {
	until := time.Now().Add(d)
	return func(w http.ResponseWriter, r *http.Request) {
		if time.Now().Before(until) {
			status(429)(w, r)
			return
		}
		next(w, r)
	}
}

// A replica that sheds is back 100 ms later, long before the caller's time is over.
func TestARefusalDoesNotStandWhileAReplicaThatRestsMayAnswerInTime(t *testing.T) {
	for _, code := range []int{401, 403, 404, 418} {
		inBubble(t, func(t *testing.T, f *fleet) {
			f.replicas["a"].answer(status(code))
			c := f.client()
			for i := range 10 {
				f.replicas["b"].answer(sheds(50*time.Millisecond, results("valid", 0, 0, 0)))
				expect(t, c, fmt.Sprint("x:", i), true, sdk.Fresh)
				<-time.After(10 * time.Second)
			}
		}, "a", "b")
	}
}
