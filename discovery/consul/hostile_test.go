package consul_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/discovery/consul"
)

// instant answers at once, whatever index is waited on, with one that follows from how many queries came before.
func instant(index func(n uint64) uint64) http.HandlerFunc {
	var n atomic.Uint64
	return func(w http.ResponseWriter, r *http.Request) { reply(index(n.Add(1)), replicas(3)...)(w, r) }
}

// unnumbered is a good answer without any of Consul's headers.
func unnumbered(w http.ResponseWriter, _ *http.Request) {
	_ = json.NewEncoder(w).Encode(replicas(3))
}

// raw sends bytes that may be no HTTP at all, and hangs up.
func raw(sent string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_, _ = conn.Write([]byte(sent))
			_ = conn.Close()
		}
	}
}

func silentInBody(w http.ResponseWriter, r *http.Request) {
	_, _ = w.Write([]byte("["))
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

// endlessTwice sends two bodies without an end, since 32 MiB of each are read for real, and after those ends others in their middle.
func endlessTwice() http.HandlerFunc {
	var n atomic.Uint64
	return func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) <= 2 {
			endless(w)
			return
		}
		raw("HTTP/1.1 200 OK\r\nX-Consul-Index: 51\r\n\r\n[")(w, r)
	}
}

// liveness is how long an agent may be silent before it is asked anew on another connection: 33 s to a probe, 5 s for
// each of two and 1 s between; or, if that is less, the wait, a sixteenth of it and 5 s.
const liveness = 45 * time.Second

// The agent is healed with its index set back below all that it said before: the hardest case for who waits.
func TestHostileAnswers(t *testing.T) {
	table := fmt.Sprintf("\n%-21s %15s %8s %8s %10s  %s\n", "answer", "queries in time", "a second", "heap MiB", "live after", "in use meanwhile")
	for _, h := range []struct {
		name   string
		answer http.HandlerFunc // nil: refused
		within time.Duration
	}{
		{"index stuck", instant(func(uint64) uint64 { return 50 }), 2 * time.Second},
		{"index falling", instant(func(n uint64) uint64 { return 1<<20 - n }), 2 * time.Second},
		{"index 0", instant(func(uint64) uint64 { return 0 }), 2 * time.Second},
		{"index absent", unnumbered, 2 * time.Second},
		{"index rising", instant(func(n uint64) uint64 { return 50 + n }), 2 * time.Second},
		{"index jumping by 2^40", instant(func(n uint64) uint64 { return n << 40 }), 2 * time.Second},
		{"403", status(403, "Permission denied"), 2 * time.Second},
		{"429", status(429, "too many connections"), 2 * time.Second},
		{"500", status(500, "No cluster leader"), 2 * time.Second},
		{"503", status(503, ""), 2 * time.Second},
		{"refused", nil, 2 * time.Second},
		{"reset", raw(""), 2 * time.Second},
		{"silent before header", silence, liveness},
		{"silent in mid-body", silentInBody, liveness},
		{"garbage", raw("\x16\x03\x01\x00\x05hello\r\n\r\n"), 2 * time.Second},
		{"half a body", raw("HTTP/1.1 200 OK\r\nX-Consul-Index: 51\r\nContent-Length: 500\r\n\r\n[{\"Node\":{"), 2 * time.Second},
		{"a 200 of HTML", status(200, "<html><body>log in</body></html>"), 2 * time.Second},
		{"endless body", endlessTwice(), 2 * time.Second},
	} {
		t.Run(h.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { table += meet(t, h.name, h.answer, h.within) })
		})
	}
	t.Log(table)
}

// meet lets an agent turn hostile for a time and heal, and returns a line of the table.
func meet(t *testing.T, name string, answer http.HandlerFunc, within time.Duration) string {
	const (
		lasting  = 35 * time.Second
		burst    = 6         // 5, and one at each end of the time
		mostHeap = 256 << 20 // twice and again what is read of a body, which the decoder's buffer doubles up to
	)
	f := newFakeAgent(t)
	f.set(50, replicas(3)...)
	config := f.api()
	config.Transport.ReadBufferSize = 256 << 10 // an endless body takes less of the test's time
	w := watch(t, newSourceOf(t, consul.Config{Service: "ms2", API: config}))
	pass(time.Second)
	before := len(f.asked()) + f.probed()
	f.network.setDown(answer == nil)
	f.replyAlways(answer)
	peak := peakHeap(lasting)
	held := w.set()
	queries := len(f.asked()) + f.probed() - before + f.refusals()

	f.hold(20, replica("healed"))
	f.replyAlways(nil)
	f.network.setDown(false)
	healed := time.Now()
	for w.set() != "n/healed" && time.Since(healed) < 2*within {
		pass(10 * time.Millisecond)
	}
	late := time.Since(healed)
	sustained := float64(max(queries-burst, 0)) / lasting.Seconds()
	if sustained > 10 {
		t.Errorf("%.2f queries a second after the burst", sustained)
	}
	if held != "n/r0 n/r1 n/r2" {
		t.Errorf("%q was in use", held)
	}
	if late > within || peak > mostHeap {
		t.Errorf("live after %v with a heap of %d MiB, want %v and %d MiB at most", late, peak>>20, within, mostHeap>>20)
	}
	return fmt.Sprintf("%-21s %8d in %3.0fs %8.1f %8d %10v  %s\n", name, queries, lasting.Seconds(), sustained, peak>>20, late, held)
}

// peakHeap lets d pass and returns the largest heap seen.
func peakHeap(d time.Duration) (peak uint64) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		pass(time.Second)
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapAlloc)
	}
	return peak
}
