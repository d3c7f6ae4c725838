package sdk_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
	"ms2.internal/lb/sdk/protocol"
)

// naming400 refuses requests with more than one SID and names them all: a replica that is at fault.
func naming400(w http.ResponseWriter, r *http.Request) {
	var sids []string
	for _, i := range itemsOf(r) {
		sids = append(sids, i.SID)
	}
	protocol.WriteProblem(w, protocol.Problem{Status: 400, SIDs: sids})
}

// A batch is refused as a whole by all, rightly; a half of it goes to one that names all of it. Nobody else names those.
func TestARefusalByNameGetsASecondOpinionInAPartToo(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fleet) {
		good := after(time.Millisecond, filtered400(results("valid", 0, 0, 0)))
		f.all(good)
		c := f.client()
		for i := range 50 {
			expect(t, c, fmt.Sprint("warm:", i), true, sdk.Fresh)
			<-time.After(20 * time.Millisecond)
		}
		failed := 0
		for round := range played(20, 5) {
			f.all(good)
			f.replicas["a"].answer(naming400)
			sids := []string{fmt.Sprint("forged:", round)}
			for i := range 7 {
				sids = append(sids, fmt.Sprint("good:", 10*round+i))
			}
			vs, _ := c.ValidateAll(t.Context(), sdk.SIDs(sids...))
			for _, v := range vs[1:] {
				if !v.Valid {
					failed++
				}
			}
			f.all(good)
			for i := range 100 {
				expect(t, c, fmt.Sprint("between:", i), true, sdk.Fresh)
				<-time.After(100 * time.Millisecond)
			}
		}
		if failed > 0 {
			t.Errorf("%d good ones failed", failed)
		}
	}, "a", "b", "c")
}

func filtered400(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if slices.ContainsFunc(itemsOf(r), func(i protocol.Item) bool { return len(i.SID) > 6 && i.SID[:6] == "forged" }) {
			status(400)(w, r)
			return
		}
		next(w, r)
	}
}
