package health

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// twenty is a fleet of twenty with traffic, and a hundred events.
func twenty(after int) sdk.Stats {
	s := incident(after)
	first := s.Replicas
	s.Replicas = nil
	for i := range 20 {
		r := first[i%len(first)]
		r.ID, r.Addr = fmt.Sprint("ms2-", i), fmt.Sprintf("10.0.0.%d:8082", i)
		s.Replicas = append(s.Replicas, r)
	}
	for i := range 95 {
		e := s.Events[len(s.Events)-1]
		e.Seq, e.At = e.Seq+1, noon.Add(time.Duration(i)*time.Second)
		s.Events = append(s.Events, e)
	}
	return s
}

func BenchmarkMessage(b *testing.B) {
	w := &watch{name: "ms1", past: *after(130, twenty)}
	s := twenty(131)
	for _, c := range []struct {
		name string
		form form
	}{{"page", pageForm}, {"stats", statsForm}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.SetBytes(int64(len(w.encode(c.form, s))))
			}
		})
	}
}

func BenchmarkSample(b *testing.B) {
	past := after(130, twenty)
	s := twenty(131)
	b.ReportAllocs()
	for b.Loop() {
		s.At = s.At.Add(time.Second)
		past.add(s)
	}
}

func BenchmarkPage(b *testing.B) {
	c := newMade(func() sdk.Stats { return twenty(131) })
	defer close(c.done)
	h := newHandler([]source{c})
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
}
